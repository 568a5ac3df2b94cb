package import ListCRDT
package import SyncProtocol

/// One device's copy of one list: what it did, in order, and how much of that is acknowledged. A value; time is passed in.
///
/// It keeps what it does until an answer names it, and sends it again, as a real device does; and it notes all it did, for the
/// history.
package struct Replica: Sendable {
    package let list: DocumentID
    package let id: ReplicaID
    package private(set) var document = Document(kind: .list)
    /// All it ever did here; the operation with counter n stands at n - 1.
    package private(set) var operations: [Operation] = []
    /// Its first so many operations are durable.
    package private(set) var acknowledged: UInt64 = 0
    package private(set) var session: SessionWatch
    /// What each operation set, so that it can be made again with another stamp.
    private var changes: [[FieldChange]] = []
    private var clock: HybridClock
    private var reported = 0
    /// The server knows more of us than any answer said, or refused our stamps: the whole list is asked for.
    private enum Quest: Equatable { case none, findingOut, restamping(aheadOf: UInt64) }
    private var quest = Quest.none

    package init(list: DocumentID, id: ReplicaID, owner: String) {
        self.list = list
        self.id = id
        clock = HybridClock(replica: id)
        session = SessionWatch(owner: owner, replica: id)
    }

    package var pending: Int { operations.count - Int(acknowledged) }
    package var isSettled: Bool { pending == 0 && quest == .none }

    // MARK: - Doing

    /// Does it and keeps it. Nothing happens where the item has been removed meanwhile.
    package mutating func act(_ act: Act, on key: EntryKey, _ fields: [FieldChange], now: UInt64, at moment: Int) {
        let dot = Dot(id, UInt64(operations.count) + 1)
        let seen = document.context
        if let latest = document.entries[key]?.shown.latestStamp { clock.observe(latest) }
        let delta: Delta
        if act == .remove {
            delta = document.remove(key, dot: dot)
        } else {
            delta = document.edit(key, fields, dot: dot, stamp: clock.next(now: now))
        }
        guard !delta.isEmpty else { return }
        operations.append(Operation(dot: dot, key: key, act: act, seen: seen, madeAt: moment, delta: delta))
        changes.append(fields)
    }

    /// The dot of what it does next: an item is called by the dot that made it.
    package var nextDot: Dot { Dot(id, UInt64(operations.count) + 1) }

    // MARK: - Syncing

    /// What a request says about this list, and the counter it pushes through.
    package mutating func part(pushing limit: Int, at moment: Int) -> (part: SyncRequest.Part, through: UInt64) {
        guard quest == .none else {
            return (SyncRequest.Part(id: list, kind: .list, context: Context(), acknowledgedCounter: acknowledged), 0)
        }
        let first = Int(acknowledged)
        let end = min(first + limit, operations.count)
        var delta = Delta(kind: .list)
        for index in first..<max(first, end) {
            if operations[index].sentAt == nil { operations[index].sentAt = moment }
            if let each = operations[index].delta { delta.merge(each) }
        }
        let part = SyncRequest.Part(
            id: list, kind: .list, context: document.context, delta: delta.isEmpty ? nil : delta,
            acknowledgedCounter: acknowledged)
        return (part, delta.isEmpty ? 0 : UInt64(end))
    }

    package enum Outcome: Sendable {
        /// So many operations were acknowledged.
        case acknowledged(Int)
        case unconfirmed
        case clockAhead
        case refused(SyncStatus)
    }

    /// Takes an answer over. `now`: the device's clock as corrected by this answer.
    package mutating func take(_ answer: SyncResponse.Part, serverTime: UInt64, now: UInt64, at moment: Int) -> Outcome
    {
        switch answer.status {
        case .ok: return .acknowledged(joined(answer, now: now, at: moment))
        case .notConfirmed: return .unconfirmed
        case .staleReplica:
            quest = .findingOut
            return .unconfirmed
        case .clockAhead:
            quest = .restamping(aheadOf: serverTime)
            return .clockAhead
        case .forbidden, .gone, .invalid: return .refused(answer.status)
        }
    }

    private mutating func joined(_ answer: SyncResponse.Part, now: UInt64, at moment: Int) -> Int {
        if case .restamping(let server) = quest { mintAnew(on: answer.delta, aheadOf: server, now: now, at: moment) }
        quest = .none
        if let delta = answer.delta { document.merge(delta) }
        session.heard(answer.context, has: document.context)
        let before = acknowledged
        while acknowledged < operations.count, answer.context.contains(operations[Int(acknowledged)].dot) {
            operations[Int(acknowledged)].acknowledgedAt = moment
            acknowledged += 1
        }
        return Int(acknowledged - before)
    }

    /// Those whose stamps were ahead of the server, and what followed them, were joined nowhere: they are made again under the same
    /// dots, on the list as the server has it.
    private mutating func mintAnew(on whole: Delta?, aheadOf server: UInt64, now: UInt64, at moment: Int) {
        let first = operations[Int(acknowledged)...].firstIndex { operation in
            operation.delta?.latestStamp.map { $0.milliseconds > server } ?? false
        }
        guard let first else { return }
        let again = Array(zip(operations[first...], changes[first...]))
        operations.removeSubrange(first...)
        changes.removeSubrange(first...)
        document = Document(kind: .list)
        if let whole { document.merge(whole) }
        for operation in operations[Int(acknowledged)...] { operation.delta.map { _ = document.merge($0) } }
        clock = HybridClock(replica: id)
        var renamed: [EntryKey: EntryKey] = [:]
        for (operation, fields) in again {
            if case .add = operation.act { renamed[operation.key] = EntryKey(.items, EntryID(dot: nextDot)) }
            act(operation.act, on: renamed[operation.key] ?? operation.key, fields, now: now, at: moment)
        }
    }

    // MARK: - For the history

    /// The operations acknowledged since the last call. What is pending comes with a later one.
    package mutating func takeReport() -> [Operation] {
        let fresh = operations[reported..<Int(acknowledged)]
        reported = Int(acknowledged)
        defer { for index in fresh.indices { operations[index].delta = nil } }
        return Array(fresh)
    }

    package mutating func takeViolations() -> [Violation] { session.takeViolations() }
}
