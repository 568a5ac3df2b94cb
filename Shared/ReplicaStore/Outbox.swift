internal import Foundation
internal import GRDB
package import ListCRDT
internal import ReplicaCore
internal import SyncProtocol

/// Which documents a sync exchanges.
package enum SyncScope: Sendable, Equatable {
    /// The shelf and every list.
    case everything
    /// Those with operations that the server has not acknowledged.
    case pending
    case only([DocumentID])
}

extension PendingOperation {
    init(_ row: Row) throws {
        self.init(
            sequence: try row.decode(forColumn: "sequence"),
            dot: Dot(try row.replica("replica"), try row.number("counter")),
            key: EntryKey(Collection(rawValue: try row.decode(forColumn: "collection")), try row.identifier("entry")),
            intent: try Intent(decoding: try row.bytes("intent")), delta: try Delta(decoding: try row.bytes("delta")),
            stampTime: try row.number("stamp"), atMilliseconds: try row.number("at"))
    }
}

extension Pen {
    /// The documents of a scope that exchange something, the shelf first, in a fixed order.
    func work(in scope: SyncScope) throws -> [SyncMachine.Work] {
        switch scope {
        case .only(let ids): return try ids.compactMap { try work(on: $0) }
        case .everything:
            return try db.rows(
                "SELECT id FROM document WHERE kind = ? OR shelved ORDER BY kind DESC, id",
                [DocumentKind.shelf.rawValue]
            )
            .compactMap { try work(on: try $0.identifier("id")) }
        case .pending:
            return try db.rows(
                """
                SELECT id FROM document WHERE replay > 0 OR id IN (SELECT document FROM operation)
                ORDER BY kind DESC, id
                """
            ).compactMap { try work(on: try $0.identifier("id")) }
        }
    }

    func work(on id: DocumentID) throws -> SyncMachine.Work? {
        guard let row = try row(id) else { return nil }
        let outbox = try pendingSize(of: id)
        let pushes = row.replay == nil
        return SyncMachine.Work(
            id: id, kind: row.kind, operations: pushes ? outbox.operations : 0, bytes: pushes ? outbox.bytes : 0)
    }

    func pendingSize(of id: DocumentID) throws -> (operations: Int, bytes: Int) {
        let row = try db.row(
            "SELECT count(*) AS operations, coalesce(sum(length(delta)), 0) AS bytes FROM operation WHERE document = ?",
            [id.blob])
        guard let row else { return (0, 0) }
        return (try row.decode(forColumn: "operations"), try row.decode(forColumn: "bytes"))
    }

    func pending(of id: DocumentID, limit: Int = .max) throws -> [PendingOperation] {
        try db.rows("SELECT * FROM operation WHERE document = ? ORDER BY sequence LIMIT ?", [id.blob, limit])
            .map(PendingOperation.init)
    }

    func delete(_ operation: PendingOperation) throws {
        try db.run("DELETE FROM operation WHERE sequence = ?", [operation.sequence])
    }

    /// Makes a claim's part of a request.
    func part(for claim: SyncMachine.Claim) throws -> (part: SyncRequest.Part, sent: SentPart)? {
        guard let row = try row(claim.id) else { return nil }
        let replaying = row.replay != nil
        let acknowledged = row.acknowledged.highest(of: device.replica)
        var sent = SentPart(acknowledgedCounter: acknowledged, replaying: replaying)
        var part = SyncRequest.Part(
            id: row.id, kind: row.kind, context: replaying ? Context() : row.context, acknowledgedCounter: acknowledged)
        guard !replaying, claim.operations > 0 else { return (part, sent) }
        let operations = try claimed(claim)
        guard let last = operations.last else { return (part, sent) }
        var delta = Delta(kind: row.kind)
        for operation in operations { delta.merge(operation.delta) }
        sent.pushedThrough = last.dot.counter
        part.delta = delta
        return (part, sent)
    }

    /// The oldest operations that fit: a delta counts the operations that it replaces too.
    private func claimed(_ claim: SyncMachine.Claim) throws -> [PendingOperation] {
        var taken: [PendingOperation] = []
        var room = UInt64(claim.operations)
        var bytes = 0
        for operation in try pending(of: claim.id, limit: claim.operations) {
            let weight = operation.delta.operationCount(of: operation.dot.replica)
            bytes += operation.delta.encoded().count
            guard taken.isEmpty || (weight <= room && bytes <= claim.bytes) else { break }
            room -= min(room, weight)
            taken.append(operation)
        }
        return taken
    }
}
