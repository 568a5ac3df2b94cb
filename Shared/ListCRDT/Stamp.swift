/// When a field was written, by a hybrid logical clock: a total order over all writes of all replicas.
package struct Stamp: Hashable, Comparable, Sendable {
    /// Older than every stamp that a clock gives.
    package static let zero = Stamp(time: 0, replica: ReplicaID(rawValue: 0))

    /// 48 bits of milliseconds since 1970, then 16 bits that count within the millisecond.
    package let time: UInt64
    package let replica: ReplicaID

    package init(time: UInt64, replica: ReplicaID) {
        self.time = time
        self.replica = replica
    }

    package var milliseconds: UInt64 { time >> 16 }

    package static func < (left: Stamp, right: Stamp) -> Bool {
        (left.time, left.replica) < (right.time, right.replica)
    }
}
