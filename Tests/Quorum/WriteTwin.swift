import Placement
import Quorum

/// What a write quorum should say, worked out from the whole history each time and remembering nothing.
struct WriteTwin {
    var history: [WriteQuorum.Event] = []
    let required: Int

    init(required: Int) { self.required = required }

    /// The effects of the history's last event: whatever is true now and was not true before it.
    var latestEffects: [WriteQuorum.Effect] {
        let before = history.count - 1
        var effects: [WriteQuorum.Effect] = []
        if outcome(after: before) == nil, let outcome = outcome(after: history.count) { effects.append(outcome) }
        for shard in home where !wasEverDue(shard, within: before) && wasEverDue(shard, within: history.count) {
            effects += keeper(after: history.count).map { [.hint(absent: shard, keeper: $0)] } ?? []
        }
        return effects
    }

    var isSettled: Bool {
        let answered = home.allSatisfy { isCommitted($0, after: history.count) || isAbsent($0, after: history.count) }
        return answered && outcome(after: history.count) != nil
    }

    private func outcome(after count: Int) -> WriteQuorum.Effect? {
        for moment in 0...max(0, count) {
            if home.count(where: { isCommitted($0, after: moment) }) >= required { return .confirm }
            if home.count(where: { !isAbsent($0, after: moment) }) < required { return .leaveUnconfirmed }
        }
        return nil
    }

    private func wasEverDue(_ shard: ShardID, within count: Int) -> Bool {
        (0...max(0, count)).contains { isAbsent(shard, after: $0) && keeper(after: $0) != nil }
    }

    private func isCommitted(_ shard: ShardID, after count: Int) -> Bool {
        history.prefix(count).contains(.committed(shard))
    }

    private func isAbsent(_ shard: ShardID, after count: Int) -> Bool {
        let past = history.prefix(count)
        return !past.contains(.committed(shard)) && (past.contains(.failed(shard)) || past.contains(.deadline))
    }

    private func keeper(after count: Int) -> ShardID? {
        for case .committed(let shard) in history.prefix(count) where home.contains(shard) { return shard }
        return nil
    }
}
