package import Placement

/// Counts answers of home shards to one write until the outcome is known, and afterwards until every copy is
/// accounted for.
///
/// Feed it with `handle(_:)`, and after each call carry out every effect it returned, in order, before the next call.
/// The write has been sent to all of `home` before. The outcome is reported once; answers after it still matter: who
/// failed becomes a hint. Answers may come late, twice, or from shards that are not home (those change nothing).
///
///     counting ──`required` commits──▶ confirmed        both: each home shard that failed, or that is silent at the
///        └──deadline, or too few left──▶ unconfirmed    deadline, gets one hint once some home shard has committed
///
/// It never says "failed": an unconfirmed write may have happened. A value, so that a router keeps thousands in a
/// dictionary; the shell holds the one copy.
package struct WriteQuorum: Sendable {
    package enum Event: Hashable, Sendable {
        /// The shard has committed the write.
        case committed(ShardID)
        /// The shard will not commit it for this request: refused, unreachable, stopped. It may have, all the same.
        case failed(ShardID)
        case deadline
    }

    package enum Effect: Hashable, Sendable {
        /// Durable on `required` home shards.
        case confirm
        /// Indefinite: tell the client "not confirmed".
        case leaveUnconfirmed
        /// `keeper` has the write; it is to note that `absent` lacks it. A hint never counts as a commit.
        case hint(absent: ShardID, keeper: ShardID)
    }

    /// Places in `home`, at most 64, a bit each: every answer changes them, and an array would be copied for it.
    private struct Places {
        var bits: UInt64 = 0

        var count: Int { bits.nonzeroBitCount }
        func contains(_ place: Int) -> Bool { bits >> UInt64(place) & 1 == 1 }
        mutating func insert(_ place: Int) { bits |= 1 << UInt64(place) }
        mutating func remove(_ place: Int) { bits &= ~(1 << UInt64(place)) }
        func subtracting(_ other: Places) -> Places { Places(bits: bits & ~other.bits) }
    }

    private let home: [ShardID]
    private var committed = Places()
    /// Failed, or silent at the deadline.
    private var absent = Places()
    private var hinted = Places()
    private let required: Int
    /// The first home shard to commit keeps the hints.
    private var keeper: ShardID?
    private var outcomeReported = false

    /// `home`: distinct; `required`: 1 to their number.
    package init(home: [ShardID], required: Int) {
        self.home = home
        self.required = required
    }

    /// The outcome is reported and no shard's answer is outstanding. After the deadline it always is; a shell may then
    /// forget the write, or keep it a while for a late first commit, which would yet release the hints.
    package var isSettled: Bool { outcomeReported && silentCount == 0 }

    private var silentCount: Int { home.count - committed.count - absent.count }

    package mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .committed(let shard):
            guard let index = home.firstIndex(of: shard) else { return [] }
            // A commit after a failure is a commit; a hint that has gone out for it does no harm.
            absent.remove(index)
            committed.insert(index)
            if keeper == nil { keeper = shard }
        case .failed(let shard):
            guard let index = home.firstIndex(of: shard), !committed.contains(index) else { return [] }
            absent.insert(index)
        case .deadline:
            for index in home.indices where !committed.contains(index) { absent.insert(index) }
        }
        return outcome() + hints()
    }

    private mutating func outcome() -> [Effect] {
        let isConfirmed = committed.count >= required
        guard !outcomeReported, isConfirmed || committed.count + silentCount < required else { return [] }
        outcomeReported = true
        return [isConfirmed ? .confirm : .leaveUnconfirmed]
    }

    private mutating func hints() -> [Effect] {
        guard let keeper else { return [] }
        let due = absent.subtracting(hinted)
        guard due.count > 0 else { return [] }
        for index in home.indices where due.contains(index) { hinted.insert(index) }
        return home.indices.filter(due.contains).map { .hint(absent: home[$0], keeper: keeper) }
    }
}
