package import ListCRDT

/// Finds a device's operations in a document as the server has it, and does again what the server does not have.
///
/// Operations that wait stay as they are, unless their dots or stamps cannot stand: then they are minted anew on top of
/// the server's document, in their order. Stamps keep their times, so that an old rename does not win over a later one;
/// unless the clock itself was wrong. Pure: the device's storage carries the outcome out in one transaction.
package struct Replay {
    package enum Reason: UInt8, Sendable {
        /// The server knows operations of this replica that were not acknowledged to it.
        case findingOut = 1
        /// Stamps ran ahead of the server's clock.
        case restamping = 2
        /// What is here is not wanted.
        case afresh = 3
    }

    package struct Outcome {
        /// The server has them: they wait no longer.
        package var delivered: [PendingOperation]
        /// The replica's id has had another life: from now on operations are minted under a new one.
        package var takesNewReplica: Bool
        /// Nil: what waits stands as it is, and the server's document is to be joined.
        package var redone: Redone?
    }

    /// The document with what waits done again, in place of what was there.
    package struct Redone {
        package var document: Document
        /// The highest counter that the replica has minted in it.
        package var counter: UInt64
        /// What waits now, each in the place of the operation that it replaces.
        package var operations: [PendingOperation]
    }

    private let reason: Reason
    private let acknowledged: Context
    private let counter: UInt64

    /// - Parameters:
    ///   - acknowledged: what the server last said is durable, before this answer.
    ///   - counter: the highest that the device's replica has minted in the document.
    package init(_ reason: Reason, acknowledged: Context, counter: UInt64) {
        self.reason = reason
        self.acknowledged = acknowledged
        self.counter = counter
    }

    /// - Parameters:
    ///   - whole: all that the server has of the document.
    ///   - clock: the device's; afterwards that of whichever replica mints from now on.
    ///   - spare: the id to take if the device's has had another life.
    ///   - now: milliseconds since 1970, by the corrected clock.
    package func outcome(
        of pending: [PendingOperation], in whole: Delta, clock: inout HybridClock, spare: ReplicaID, now: UInt64
    ) -> Outcome {
        let replica = clock.replica
        var server = Document(kind: whole.kind)
        server.merge(whole)
        let delivery = Delivery(of: pending, in: server)
        let ours = acknowledged.union(delivery.underOwnDots).highest(of: replica)
        let twofold = server.context.highest(of: replica) > ours ? replica : nil
        var outcome = Outcome(delivered: delivery.there, takesNewReplica: twofold != nil)
        if let latest = whole.latestStamp { clock.observe(latest) }
        if twofold != nil { clock = clock.renewed(as: spare, now: now) }
        if reason == .findingOut, twofold == nil, delivery.dotsStand(for: replica) { return outcome }

        let minted = max(twofold == nil ? counter : 0, server.context.highest(of: clock.replica))
        var again = Again(
            server: server, restamping: reason == .restamping, twofold: twofold, renamed: delivery.renamed,
            counter: minted, document: server)
        for operation in delivery.rest { again.mint(operation, &clock, now: now) }
        outcome.redone = Redone(document: again.document, counter: again.counter, operations: again.operations)
        return outcome
    }
}

extension Delivery {
    /// Whether every operation is there, or can still be sent, under the dot that it has.
    fileprivate func dotsStand(for replica: ReplicaID) -> Bool {
        there.allSatisfy { underOwnDots.contains($0.dot) } && rest.allSatisfy { $0.dot.replica == replica }
    }
}

/// What a replay has to know while it goes through the outbox.
private struct Again {
    let server: Document
    let restamping: Bool
    /// The replica of ours that has had another life.
    let twofold: ReplicaID?
    /// Items that two lives of this replica have called by the same id: ours has a new one.
    var renamed: [EntryKey: EntryKey]
    var counter: UInt64
    var document: Document
    var minted = Context()
    var operations: [PendingOperation] = []

    mutating func mint(_ operation: PendingOperation, _ clock: inout HybridClock, now: UInt64) {
        let dot = Dot(clock.replica, counter + 1)
        let key = key(of: operation, dot)
        guard let intent = intent(of: operation, on: document.entries[key]) else { return }
        minted.insert(dot)
        let kept = restamping ? nil : operation.stampTime
        guard let done = document.perform(intent, on: key, dot: dot, &clock, stampTime: kept, now: now) else { return }
        counter = dot.counter
        operations.append(
            PendingOperation(
                sequence: operation.sequence, dot: dot, key: key, intent: intent, delta: done.delta,
                stampTime: done.stamp.time, atMilliseconds: operation.atMilliseconds))
    }

    /// The entry that is meant. Another life has made other items by our dots, or will: then ours have new ids.
    private mutating func key(of operation: PendingOperation, _ dot: Dot) -> EntryKey {
        let key = operation.key
        if operation.makesItem, operation.dot.replica == twofold || server.context.contains(operation.dot) {
            renamed[key] = EntryKey(.items, EntryID(dot: dot))
        }
        return renamed[key] ?? key
    }

    /// What to do now to get what was meant then; nil: nothing, because a concurrent edit outlives the removal.
    private func intent(of operation: PendingOperation, on entry: Entry?) -> Intent? {
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
