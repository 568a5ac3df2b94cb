internal import GRDB
internal import ListCRDT

/// Doing again, under new dots, what the server does not have.
extension Pen {
    /// Takes the document as the server has it, and on top of it mints anew, in their order, the operations that wait.
    ///
    /// Stamps keep their times, so that an old rename does not win over a later one; unless the clock itself was wrong.
    mutating func replay(_ id: DocumentID, whole: Delta?) throws {
        let operations = try pending(of: id)
        let row = try require(id)
        let delta = whole ?? Delta(kind: row.kind)
        var server = Document(kind: row.kind)
        server.merge(delta)
        try clear(id)
        try join(delta, into: id)
        let replica = device.replica
        try change(id) {
            $0.replay = .no
            $0.counter = max($0.counter, $0.context.highest(of: replica))
        }
        var minted = Context()
        for operation in operations {
            try delete(operation)
            if server.has(operation) {
                try count(acknowledged: 1)
            } else if let intent = try intent(of: operation, in: id, minted) {
                let dot = try nextDot(of: id)
                let stampTime = row.replay == .restamping ? nil : operation.stampTime
                try operate(id, operation.key, intent, at: operation.atMilliseconds, stampTime: stampTime)
                minted.insert(dot)
            }
        }
    }

    /// What to do now to get what was meant then; nil: a concurrent edit outlives the removal.
    private func intent(of operation: PendingOperation, in id: DocumentID, _ minted: Context) throws -> Intent? {
        let entry = try EntryRow.load(db, id, operation.key)
        switch (operation.intent, entry) {
        case (.remove, let entry?):
            let seen = operation.delta.context.union(minted)
            return entry.versions.allSatisfy { seen.contains($0.dot) } ? .remove : nil
        case (.remove, nil):
            return nil
        case (.change, nil):  // removed by somebody who had not seen this edit, or new: the edit stands whole
            return operation.delta.entries.first?.value.versions.first.map { .change($0.fields.asChanges) }
        case (.change, _?):
            return operation.intent
        }
    }
}

extension Document {
    /// Whether this very operation is in it. A dot alone does not say so when it was never sent: another life of this replica may
    /// have used it.
    fileprivate func has(_ operation: PendingOperation) -> Bool {
        guard context.contains(operation.dot) else { return false }
        let brought = operation.delta.entries.first?.value.versions ?? []
        return operation.sent || entries[operation.key]?.versions.contains { brought.contains($0) } == true
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
