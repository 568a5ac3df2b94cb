internal import GRDB
internal import ListCRDT

/// Finding this device's operations in the document as the server has it, and doing again what it does not have.
extension Pen {
    /// Takes the document as the server has it. Operations that wait stay as they are, unless their dots or stamps cannot stand: then they are
    /// minted anew on top of it, in their order.
    ///
    /// Stamps keep their times, so that an old rename does not win over a later one; unless the clock itself was wrong.
    mutating func replay(_ id: DocumentID, whole: Delta?) throws {
        let row = try require(id)
        let delta = whole ?? Delta(kind: row.kind)
        var server = Document(kind: row.kind)
        server.merge(delta)
        let waiting = try pending(of: id)
        let delivered = server.delivered(of: waiting)
        for operation in delivered { try delete(operation) }
        try count(acknowledged: delivered.count)

        let found = delivered.last { $0.dot.replica == device.replica }?.dot.counter ?? 0
        let ours = max(row.acknowledged.highest(of: device.replica), found)
        let twofold = server.context.highest(of: device.replica) > ours ? device.replica : nil
        if twofold != nil { try takeNewReplica() }
        try change(id) { $0.replay = .no }
        let rest = waiting.dropFirst(delivered.count)
        let ownDots = rest.allSatisfy { $0.dot.replica == device.replica }
        if row.replay == .findingOut, twofold == nil, ownDots, delivered.allSatisfy({ server.context.contains($0.dot) })
        {
            return try join(delta, into: id)
        }
        try clear(id)
        try join(delta, into: id)
        let replica = device.replica
        try change(id) { $0.counter = max($0.counter, $0.context.highest(of: replica)) }
        var again = Again(
            server: server, restamping: row.replay == .restamping, twofold: twofold)
        for operation in rest {
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

/// What is left of one change of an operation in the entry as the server has it.
private enum Trace {
    case standing
    /// A later change took its place.
    case overwritten
    case none

    init(_ change: FieldChange, of version: Version, in shown: Fields) {
        let made = version.fields
        switch change {
        case .set(let field, _):
            let (mine, there) = (made.register(field), shown.register(field))
            self = mine == there ? .standing : Self.later(there?.stamp, than: mine?.stamp)
        case .setTarget(let field, _):
            let (mine, there) = (made.counter(field), shown.counter(field))
            let same = mine?.epoch == there?.epoch && mine?.target == there?.target
            self = same ? .standing : Self.later(there?.epoch, than: mine?.epoch)
        case .add(let field, _):
            let (mine, there) = (made.counter(field), shown.counter(field))
            let same = mine?.epoch == there?.epoch && mine?.share(of: version.dot) == there?.share(of: version.dot)
            self = same ? .standing : Self.later(there?.epoch, than: mine?.epoch)
        }
    }

    private static func later(_ there: Stamp?, than mine: Stamp?) -> Trace {
        guard let there, let mine else { return .none }
        return mine < there ? .overwritten : .none
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
    private var renamed: [EntryKey: EntryKey] = [:]

    init(server: Document, restamping: Bool, twofold: ReplicaID?) {
        self.server = server
        self.restamping = restamping
        self.twofold = twofold
    }

    /// Whether it made its item: an item is called by the dot that made it.
    private func makes(_ operation: PendingOperation) -> Bool {
        server.kind == .list && operation.key.collection == .items && operation.key.id == EntryID(dot: operation.dot)
    }

    /// The entry that is meant. Another life has made other items by our dots, or will: then ours have new ids.
    mutating func key(of operation: PendingOperation, _ dot: Dot) -> EntryKey {
        let key = operation.key
        if makes(operation), operation.dot.replica == twofold || server.context.contains(operation.dot) {
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

extension FieldChange {
    fileprivate var isStamped: Bool {
        if case .add = self { false } else { true }
    }
}

extension Counter {
    fileprivate func share(of dot: Dot) -> Share? { shares.first { $0.replica == dot.replica } }
}

extension Document {
    /// The operations that are in it: the outbox is sent in its order, so all up to the last of which there is a trace. The dot alone is none,
    /// because another life of the replica may have used it.
    fileprivate func delivered(of operations: [PendingOperation]) -> ArraySlice<PendingOperation> {
        let last = operations.lastIndex { operation in
            guard let there = entries[operation.key],
                let version = operation.delta.entries.first?.value.versions.first
            else { return false }
            if there.versions.contains(version) { return true }
            guard case .change(let changes) = operation.intent else { return false }
            // a value with its stamp says it by itself; a share of a counter only together with the dot
            guard context.contains(operation.dot) || changes.allSatisfy(\.isStamped) else { return false }
            let traces = changes.map { Trace($0, of: version, in: there.shown) }
            return traces.contains(.standing) && !traces.contains(.none)
        }
        guard let last else { return [] }
        let removals = operations[(last + 1)...].prefix { operation in  // these leave no trace but the absence
            operation.intent == .remove && context.contains(operation.dot) && entries[operation.key] == nil
        }
        return operations[...(last + removals.count)]
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
