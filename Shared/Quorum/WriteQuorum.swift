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

    private enum Answer {
        case none, committed
        /// Failed, or silent at the deadline.
        case absent
    }

    private let home: [ShardID]
    private var answers: [Answer]
    private var isHinted: [Bool]
    private let required: Int
    /// The first home shard to commit keeps the hints.
    private var keeper: ShardID?
    private var outcomeReported = false

    /// `home`: distinct; `required`: 1 to their number.
    package init(home: [ShardID], required: Int) {
        self.home = home
        self.required = required
        answers = Array(repeating: .none, count: home.count)
        isHinted = Array(repeating: false, count: home.count)
    }

    /// The outcome is reported and no shard's answer is outstanding. After the deadline it always is; a shell may then
    /// forget the write, or keep it a while for a late first commit, which would yet release the hints.
    package var isSettled: Bool { outcomeReported && !answers.contains(.none) }

    package mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .committed(let shard):
            guard let index = home.firstIndex(of: shard) else { return [] }
            // A commit after a failure is a commit; a hint that has gone out for it does no harm.
            answers[index] = .committed
            if keeper == nil { keeper = shard }
        case .failed(let shard):
            guard let index = home.firstIndex(of: shard), answers[index] == .none else { return [] }
            answers[index] = .absent
        case .deadline:
            for index in answers.indices where answers[index] == .none { answers[index] = .absent }
        }
        return outcome() + hints()
    }

    private mutating func outcome() -> [Effect] {
        let committed = answers.count { $0 == .committed }
        let possible = committed + answers.count { $0 == .none }
        guard !outcomeReported, committed >= required || possible < required else { return [] }
        outcomeReported = true
        return [committed >= required ? .confirm : .leaveUnconfirmed]
    }

    private mutating func hints() -> [Effect] {
        guard let keeper else { return [] }
        let due = answers.indices.filter { answers[$0] == .absent && !isHinted[$0] }
        for index in due { isHinted[index] = true }
        return due.map { .hint(absent: home[$0], keeper: keeper) }
    }
}
