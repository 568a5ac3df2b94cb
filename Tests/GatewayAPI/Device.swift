import GatewayAPI
import ListCRDT
import SyncProtocol

/// A device in a test: edits documents alone, and syncs when it is told to.
struct Device {
    let caller: Caller
    let replica: ReplicaID
    var documents: [DocumentID: Document] = [:]
    private var pending: [DocumentID: Delta] = [:]
    private var counters: [DocumentID: UInt64] = [:]
    private var clock: HybridClock

    init(_ caller: Caller, replica: UInt64) {
        self.caller = caller
        self.replica = ReplicaID(rawValue: replica)
        clock = HybridClock(replica: self.replica)
    }

    mutating func edit(_ id: DocumentID, _ key: EntryKey, _ changes: [FieldChange], now: UInt64) {
        operate(id) { document, dot, stamp in
            document.edit(key, changes, dot: dot, stamp: stamp)
        } at: {
            now
        }
    }

    mutating func remove(_ id: DocumentID, _ key: EntryKey) {
        operate(id) { document, dot, _ in
            document.remove(key, dot: dot)
        } at: {
            1
        }
    }

    private mutating func operate(
        _ id: DocumentID, _ body: (inout Document, Dot, Stamp) -> Delta, at now: () -> UInt64
    ) {
        counters[id, default: 0] += 1
        let dot = Dot(replica, counters[id] ?? 1)
        var delta = pending[id] ?? Delta(kind: .list)
        delta.merge(body(&documents[id, default: Document(kind: .list)], dot, clock.next(now: now())))
        pending[id] = delta
    }

    mutating func found(_ id: DocumentID, now: UInt64) {
        edit(id, .head, [.set(.name, .string("Groceries"))], now: now)
        edit(
            id, EntryKey(.members, caller.user),
            [.set(.role, .int(Role.owner.rawValue)), .set(.memberName, .string(caller.username))], now: now)
    }

    func request(_ ids: [DocumentID], kind: DocumentKind = .list) -> SyncRequest {
        SyncRequest(
            replica: replica,
            documents: ids.map {
                SyncRequest.Part(
                    id: $0, kind: kind, context: documents[$0]?.context ?? Context(), delta: pending[$0])
            })
    }

    /// Syncs one list and returns its part of the answer; takes over what came if it went well.
    mutating func sync(_ id: DocumentID, with desk: SyncDesk) async -> SyncResponse.Part {
        let response = await desk.response(to: request([id]), of: caller)
        guard let part = response.documents.first else { return .init(id: id, status: .invalid) }
        if part.status == .ok {
            pending[id] = nil
            if let delta = part.delta { documents[id, default: Document(kind: .list)].merge(delta) }
        }
        return part
    }
}

extension SyncDesk {
    /// As a connection gets it: at once where that can be.
    func response(to request: SyncRequest, of caller: Caller) async -> SyncResponse {
        if let response = await pushed(request, of: caller) { return response }
        return await answer(request, of: caller)
    }

    /// Nil: it was not taken.
    func pushed(_ request: SyncRequest, of caller: Caller) async -> SyncResponse? {
        await withCheckedContinuation { continuation in
            if !push(request, of: caller, then: { continuation.resume(returning: $0) }) {
                continuation.resume(returning: nil)
            }
        }
    }
}

extension Caller {
    static func test(_ number: UInt64, _ name: String) -> Caller {
        Caller(user: UserID(high: 7, low: number), username: name)
    }
}
