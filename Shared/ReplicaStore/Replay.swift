internal import ListCRDT
internal import ReplicaCore

/// Carries out what a replay of the outbox comes to.
extension Pen {
    mutating func replay(_ id: DocumentID, whole: Delta?) throws {
        let row = try require(id)
        let delta = whole ?? Delta(kind: row.kind)
        guard let reason = row.replay else { return try join(delta, into: id) }
        let waiting = try pending(of: id)
        let spare = ReplicaID.random()
        let outcome = Replay(reason, acknowledged: row.acknowledged, counter: row.counter)
            .outcome(of: waiting, in: delta, clock: &clock, spare: spare, now: now)
        for operation in outcome.delivered { try delete(operation) }
        try count(acknowledged: outcome.delivered.count)
        if outcome.takesNewReplica { try takeNewReplica(spare) }
        try change(id) { $0.replay = nil }
        guard let redone = outcome.redone else { return try join(delta, into: id) }
        for operation in waiting { try delete(operation) }
        try put(redone, in: id)
    }

    /// The document in place of what was there.
    private mutating func put(_ redone: Replay.Redone, in id: DocumentID) throws {
        try clear(id)
        var row = try require(id)
        row.context = redone.document.context
        row.counter = redone.counter
        let keys = Array(redone.document.entries.keys) + Array(redone.document.hidden.keys)
        for key in keys.sorted() { try put(redone.document[key], at: key, in: &row) }
        keep(row)
        for operation in redone.operations { try record(operation, of: id) }
    }
}
