/// A position key taken apart: `waypoint value waypoint value …`.
///
/// A waypoint is its replica, in 8 bytes the first time on a path and then by number. A value is a signed number and a
/// side, in bytes that compare as the numbers do: what hangs on the left of a key comes before it, on the right behind.
struct PositionPath {
    private struct Step {
        let replica: ReplicaID
        /// Where the value begins in `bytes`.
        let valueStart: Int
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
            steps.append(Step(replica: replica, valueStart: index))
            guard let isRight = PositionNumber.readSide(bytes, at: &index) else { return nil }
            if index == bytes.count, !isRight { return nil }
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

    /// The shortest key in a waypoint of `replica` on this path, at `value`, that fits.
    func sibling(of replica: ReplicaID, at value: Int64, where fits: ([UInt8]) -> Bool) -> [UInt8]? {
        for step in steps where step.replica == replica {
            let key = bytes[..<step.valueStart] + PositionNumber.write(value, right: true)
            if fits(Array(key)) { return Array(key) }
        }
        return nil
    }

    /// The key's bytes with its last value turned to the left: what begins so comes before it.
    var leftSide: [UInt8] {
        var bytes = bytes
        if !bytes.isEmpty { bytes[bytes.count - 1] &= 0xFE }
        return bytes
    }

    /// A key in a new waypoint of `replica` under `prefix`, whose waypoints are those of `path`.
    static func child(of prefix: [UInt8], path: PositionPath?, replica: ReplicaID, value: Int64) -> [UInt8] {
        let known = path?.replicas ?? []
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
