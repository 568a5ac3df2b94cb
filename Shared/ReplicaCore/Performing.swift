package import ListCRDT

extension Document {
    /// Does what is meant under a new dot; nil, and nothing has happened, when the document does not take it (an item
    /// that has been removed meanwhile).
    ///
    /// - Parameter stampTime: that of an earlier attempt; nil: a new stamp, later than all in the entry.
    package mutating func perform(
        _ intent: Intent, on key: EntryKey, dot: Dot, _ clock: inout HybridClock, stampTime: UInt64? = nil, now: UInt64
    ) -> (delta: Delta, stamp: Stamp)? {
        if let latest = (entries[key] ?? hidden[key])?.shown.latestStamp { clock.observe(latest) }
        let stamp = stampTime.map { Stamp(time: $0, replica: clock.replica) } ?? clock.next(now: now)
        let delta =
            switch intent {
            case .change(let changes): edit(key, changes, dot: dot, stamp: stamp)
            case .remove: remove(key, dot: dot)
            }
        return delta.isEmpty ? nil : (delta, stamp)
    }
}

extension HybridClock {
    /// Another replica's clock that goes on from here.
    package mutating func renewed(as replica: ReplicaID, now: UInt64) -> HybridClock {
        var renewed = HybridClock(replica: replica)
        renewed.observe(next(now: now))
        return renewed
    }
}
