/// Gives stamps, each greater than all it gave or observed before, whatever the wall clock does.
///
/// When a millisecond's 65,536 stamps are used up the next ones come from the following millisecond. At the end of the
/// 48 bits (the year 10889) the clock stands still: it does not wrap around.
package struct HybridClock: Sendable {
    package let replica: ReplicaID
    private var latest: UInt64 = 0

    package init(replica: ReplicaID) {
        self.replica = replica
    }

    /// The stamp for an operation made at `now`, in milliseconds since 1970.
    package mutating func next(now: UInt64) -> Stamp {
        let wall = min(now, (1 << 48) - 1) << 16
        latest = max(wall, latest == .max ? .max : latest + 1)
        return Stamp(time: latest, replica: replica)
    }

    /// Makes what is stamped next greater than `stamp`, which was received.
    package mutating func observe(_ stamp: Stamp) {
        latest = max(latest, stamp.time)
    }
}
