internal import GRDB
package import ListCRDT
internal import ReplicaCore
internal import SyncProtocol

/// A request, and what has to be remembered until its answer.
struct PackedRequest {
    var request: SyncRequest
    var sent: [DocumentID: SentPart]
    var works: [SyncMachine.Work]
    /// By this device's clock, in milliseconds since 1970.
    var at: UInt64
}

/// What `SyncEngine` asks of the store.
extension ReplicaStore {
    func work(in scope: SyncScope) async throws -> [SyncMachine.Work] {
        try await read { db in try Pen(db, wallClock: 0).work(in: scope) }
    }

    func pack(_ claims: [SyncMachine.Claim]) async throws -> PackedRequest {
        let now = wallClock()
        return try await read { db in
            let pen = try Pen(db, wallClock: 0)
            var packed = PackedRequest(
                request: SyncRequest(replica: pen.device.replica, documents: []), sent: [:], works: [], at: now)
            for claim in claims {
                guard let (part, sent) = try pen.part(for: claim), let work = try pen.work(on: claim.id) else {
                    continue
                }
                packed.request.documents.append(part)
                packed.sent[claim.id] = sent
                packed.works.append(work)
            }
            return packed
        }
    }

    /// Takes in the answers, in one transaction. A document without an answer counts as not confirmed.
    func apply(_ response: SyncResponse, to packed: PackedRequest) async throws -> [SyncMachine.Verdict] {
        let clocks = ClockReading(server: response.serverTimeMilliseconds, asked: packed.at, device: wallClock())
        return try await edit { pen in
            let answers = Dictionary(response.documents.map { ($0.id, $0) }) { first, _ in first }
            return try packed.works.map { work in
                guard let answer = answers[work.id], let sent = packed.sent[work.id] else { return .unconfirmed(work) }
                return try pen.apply(answer, of: sent, from: packed.request.replica, clocks: clocks)
            }
        }
    }

    /// Takes in a change that came by itself, over the live connection.
    package func join(_ delta: Delta, into list: DocumentID) async throws {
        try await edit { pen in try pen.join(delta, into: list) }
    }

    /// Makes a list known that the person has just been let into.
    package func follow(_ list: DocumentID, named name: String) async throws {
        try await edit { pen in
            var row = try pen.row(list) ?? DocumentRow(id: list, kind: .list)
            row.shelved = true
            row.name = row.name ?? name
            row.trouble = nil
            pen.keep(row)
        }
    }

    package func pendingCount() async throws -> Int {
        try await read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM operation") ?? 0 }
    }

    func acknowledgedCount() async throws -> Int {
        try await read { db in try Int.fetchOne(db, sql: "SELECT acknowledged FROM device") ?? 0 }
    }

    func noteSynced() async throws {
        let now = wallClock()
        try await edit { pen in try pen.db.run("UPDATE device SET syncedAt = ?", [now.column]) }
    }
}
