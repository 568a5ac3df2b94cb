/// A position key taken apart: `waypoint value waypoint value …`.
///
/// A waypoint is its replica, in 8 bytes the first time on a path and then by number. A value is a signed number and a
/// side, in bytes that compare as the numbers do: what hangs on the left of a key comes before it, on the right behind.
struct PositionPath {
    private struct Step {
        let replica: ReplicaID
        /// Where the value begins in `bytes`.
        let valueStart: Int
        let counter: UInt64
    }

    private let bytes: [UInt8]
    private var steps: [Step] = []
    private var replicas: [ReplicaID] = []

    /// Nil if the bytes are no key. The empty path is the root.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var index = 0
        while index < bytes.count {
            guard let replica = PositionPath.waypoint(in: bytes, at: &index, known: &replicas) else { return nil }
            let start = index
            guard let number = PositionNumber.read(bytes, at: &index) else { return nil }
            if index == bytes.count, !number.isRight { return nil }
            steps.append(Step(replica: replica, valueStart: start, counter: number.value.magnitude))
        }
    }

    private static func waypoint(in bytes: [UInt8], at index: inout Int, known: inout [ReplicaID]) -> ReplicaID? {
        var reference: UInt8 = 0
        if !known.isEmpty {
            guard index < bytes.count else { return nil }
            reference = bytes[index]
            index += 1
        }
        if reference > 0 {
            return Int(reference) <= known.count ? known[Int(reference) - 1] : nil
        }
        guard index + 8 <= bytes.count else { return nil }
        let replica = ReplicaID(rawValue: bytes[index..<index + 8].reduce(0) { $0 << 8 | UInt64($1) })
        index += 8
        known.append(replica)
        return replica
    }

    /// The operation that made the key, by its counter, if it was one of `replica`; otherwise 0.
    func counter(by replica: ReplicaID) -> UInt64 {
        steps.last.map { $0.replica == replica ? $0.counter : 0 } ?? 0
    }

    /// The keys at `value` in the waypoints of `replica` on this path, the shortest first.
    func siblings(of replica: ReplicaID, at value: Int64) -> [[UInt8]] {
        steps.filter { $0.replica == replica }.map { step in
            bytes[..<step.valueStart] + PositionNumber.write(value, right: true)
        }
    }

    /// A key right behind this one, in a waypoint of `replica` that hangs on its right.
    func rightChild(of replica: ReplicaID, at value: Int64) -> [UInt8] {
        PositionPath.child(of: bytes, known: replicas, replica: replica, value: value)
    }

    /// A key right before this one, in a waypoint of `replica` that hangs on its left.
    func leftChild(of replica: ReplicaID, at value: Int64) -> [UInt8] {
        var prefix = bytes
        if !prefix.isEmpty { prefix[prefix.count - 1] &= 0xFE }
        return PositionPath.child(of: prefix, known: replicas, replica: replica, value: value)
    }

    /// A key in a waypoint of `replica` under `prefix`, on which the replicas `known` were mentioned.
    static func child(of prefix: [UInt8], known: [ReplicaID], replica: ReplicaID, value: Int64) -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(prefix)
        if let index = known.firstIndex(of: replica), index < Int(UInt8.max) {
            writer.byte(UInt8(index + 1))
        } else {
            if !known.isEmpty { writer.byte(0) }
            writer.fixed64(replica.rawValue)
        }
        writer.raw(PositionNumber.write(value, right: true))
        return writer.bytes
    }
}
