internal import GRDB
internal import ListCRDT

/// Finding this device's operations in the document as the server has it, and doing again what it does not have.
extension Pen {
    /// Takes the document as the server has it. Operations that wait stay as they are, unless their dots or stamps
    /// cannot stand: then they are minted anew on top of it, in their order.
    ///
    /// Stamps keep their times, so that an old rename does not win over a later one; unless the clock itself was wrong.
    mutating func replay(_ id: DocumentID, whole: Delta?) throws {
        let row = try require(id)
        let delta = whole ?? Delta(kind: row.kind)
        var server = Document(kind: row.kind)
        server.merge(delta)
        let delivery = Delivery(of: try pending(of: id), in: server)
        for operation in delivery.there { try delete(operation) }
        try count(acknowledged: delivery.there.count)

        let ours = row.acknowledged.union(delivery.underOwnDots).highest(of: device.replica)
        let twofold = server.context.highest(of: device.replica) > ours ? device.replica : nil
        if twofold != nil { try takeNewReplica() }
        try change(id) { $0.replay = .no }
        let replica = device.replica
        let dotsStand =
            delivery.there.allSatisfy { delivery.underOwnDots.contains($0.dot) }
            && delivery.rest.allSatisfy { $0.dot.replica == replica }
        if row.replay == .findingOut, dotsStand, twofold == nil { return try join(delta, into: id) }

        try clear(id)
        try join(delta, into: id)
        try change(id) { $0.counter = max($0.counter, $0.context.highest(of: replica)) }
        var again = Again(
            server: server, restamping: row.replay == .restamping, twofold: twofold, renamed: delivery.renamed)
        for operation in delivery.rest {
            try delete(operation)
            try mint(operation, in: id, &again)
        }
    }

    private mutating func mint(_ operation: PendingOperation, in id: DocumentID, _ again: inout Again) throws {
        let dot = try nextDot(of: id)
        let key = again.key(of: operation, dot)
        let entry = try EntryRow.load(db, id, key).flatMap { $0.isVisible ? $0 : nil }
        guard let intent = again.intent(of: operation, on: entry) else { return }
        try operate(
            id, key, intent, at: operation.atMilliseconds, stampTime: again.restamping ? nil : operation.stampTime)
        again.minted.insert(dot)
    }
}

/// What a replay has to know while it goes through the outbox.
private struct Again {
    let server: Document
    let restamping: Bool
    /// The replica of ours that has had another life.
    let twofold: ReplicaID?
    var minted = Context()
    /// Items that two lives of this replica have called by the same id: ours has a new one.
    var renamed: [EntryKey: EntryKey]

    /// The entry that is meant. Another life has made other items by our dots, or will: then ours have new ids.
    mutating func key(of operation: PendingOperation, _ dot: Dot) -> EntryKey {
        let key = operation.key
        if operation.makesItem, operation.dot.replica == twofold || server.context.contains(operation.dot) {
            renamed[key] = EntryKey(.items, EntryID(dot: dot))
        }
        return renamed[key] ?? key
    }

    /// What to do now to get what was meant then; nil: nothing, because a concurrent edit outlives the removal.
    func intent(of operation: PendingOperation, on entry: Entry?) -> Intent? {
        switch (operation.intent, entry) {
        case (.remove, let entry?):
            let replaced = operation.delta.entries.first?.value.replaced ?? Context()
            let seen = replaced.union(minted)
            return entry.versions.allSatisfy { seen.contains($0.dot) } ? .remove : nil
        case (.remove, nil):
            return nil
        case (.change, nil):  // new, or removed by somebody who had not seen this edit: the edit stands whole
            return operation.delta.entries.first?.value.versions.first.map { .change($0.fields.asChanges) }
        case (.change, _?):
            return operation.intent
        }
    }
}

extension Fields {
    /// Changes that make these fields out of nothing.
    fileprivate var asChanges: [FieldChange] {
        registers.map { .set($0.field, $0.content.value) }
            + counters.flatMap { slot -> [FieldChange] in
                let opened = FieldChange.setTarget(slot.field, slot.content.target)
                return slot.content.acquired == 0 ? [opened] : [opened, .add(slot.field, slot.content.acquired)]
            }
    }
}
