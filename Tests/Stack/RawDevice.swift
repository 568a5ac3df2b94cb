package import ListCRDT
package import SyncProtocol

/// A device without a store: one replica's edits of one list, and the requests that bring them to the server.
///
/// It knows what it did and what it has heard. Feed every answer to `take(_:)`.
package struct RawDevice: Sendable {
    package let replica: ReplicaID
    package let list: DocumentID
    package private(set) var document = Document(kind: .list)
    /// What no answer has acknowledged.
    package private(set) var pending = Delta(kind: .list)
    /// The counter of its last operation.
    package private(set) var counter: UInt64 = 0
    package private(set) var acknowledged: UInt64 = 0
    private var clock: HybridClock

    package init(list: DocumentID, replica: ReplicaID = ReplicaID(rawValue: .random(in: 1..<(1 << 63)))) {
        self.list = list
        self.replica = replica
        clock = HybridClock(replica: replica)
    }

    /// Makes it a list of its owner's.
    package mutating func found(_ name: String, owner: UserID, named username: String, now: UInt64) {
        edit(.head, [.set(.name, .string(name))], now: now)
        edit(
            EntryKey(.members, owner),
            [.set(.role, .int(Role.owner.rawValue)), .set(.memberName, .string(username))], now: now)
    }

    /// Returns the edit's own delta.
    @discardableResult
    package mutating func edit(_ key: EntryKey, _ changes: [FieldChange], now: UInt64) -> Delta {
        if let latest = document.entries[key]?.shown.latestStamp { clock.observe(latest) }
        let stamp = clock.next(now: now)
        return operate { document, dot in document.edit(key, changes, dot: dot, stamp: stamp) }
    }

    @discardableResult
    package mutating func remove(_ key: EntryKey) -> Delta {
        operate { document, dot in document.remove(key, dot: dot) }
    }

    private mutating func operate(_ body: (inout Document, Dot) -> Delta) -> Delta {
        counter += 1
        let delta = body(&document, Dot(replica, counter))
        pending.merge(delta)
        return delta
    }

    /// Pushes all that is pending, and asks for what others did.
    package func request() -> SyncRequest {
        SyncRequest(
            replica: replica,
            documents: [
                SyncRequest.Part(
                    id: list, kind: .list, context: document.context, delta: pending.isEmpty ? nil : pending,
                    acknowledgedCounter: acknowledged)
            ])
    }

    /// Takes an answer to `request()` over. False: not all of what that request pushed is acknowledged.
    ///
    /// - Parameter pushed: `pending` as it was in that request.
    @discardableResult
    package mutating func take(_ answer: SyncResponse.Part, pushed: Delta) -> Bool {
        guard answer.status == .ok, pushed.context.isSubset(of: answer.context) else { return false }
        acknowledged = max(acknowledged, pushed.context.highest(of: replica))
        if let delta = answer.delta { join(delta) }
        pending = acknowledged == counter ? Delta(kind: .list) : pending
        return true
    }

    /// Joins what others did: from an answer or from the live updates.
    package mutating func join(_ delta: Delta) {
        if let latest = delta.entries.compactMap(\.value.latestStamp).max() { clock.observe(latest) }
        document.merge(delta)
    }
}
