internal import Foundation
internal import GRDB
internal import ListCRDT
internal import ReplicaCore
internal import SyncProtocol

/// What this device knows of a document, its entries apart.
struct DocumentRow {
    let id: DocumentID
    let kind: DocumentKind
    /// All operations in it, this device's own included.
    var context = Context()
    /// What the server last said is durable on two of three shards.
    var acknowledged = Context()
    /// The highest counter that the present replica id has minted here.
    var counter: UInt64 = 0
    /// The next sync takes the document whole, for this reason, before anything else.
    var replay: Replay.Reason?
    /// Why the server last refused it.
    var trouble: SyncStatus?
    var name: String?
    var trashed = false
    /// This person's role in it; nil: not known here yet.
    var role: Role?
    /// The person's shelf names it.
    var shelved = false

    init(id: DocumentID, kind: DocumentKind) {
        self.id = id
        self.kind = kind
    }

    init(_ row: Row) throws {
        id = try row.identifier("id")
        guard let kind = DocumentKind(rawValue: try row.decode(forColumn: "kind")) else {
            throw DecodingFailure.malformed(.tag)
        }
        self.kind = kind
        context = try row.context("context")
        acknowledged = try row.context("acknowledged")
        counter = try row.number("counter")
        let reason: UInt8 = try row.decode(forColumn: "replay")
        replay = reason == 0 ? nil : Replay.Reason(rawValue: reason) ?? .findingOut
        trouble = try row.decode(UInt8?.self, forColumn: "trouble").flatMap(SyncStatus.init)
        name = try row.decode(forColumn: "name")
        trashed = try row.decode(forColumn: "trashed")
        role = try row.decode(Int64?.self, forColumn: "role").flatMap(Role.init)
        shelved = try row.decode(forColumn: "shelved")
    }

    static func load(_ db: Database, _ id: DocumentID) throws -> DocumentRow? {
        try db.row("SELECT * FROM document WHERE id = ?", [id.blob]).map(DocumentRow.init)
    }

    func save(_ db: Database) throws {
        try db.run(
            """
            INSERT OR REPLACE INTO document
                (id, kind, context, acknowledged, counter, replay, trouble, name, trashed, role, shelved)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id.blob, kind.rawValue, context.blob, acknowledged.blob, counter.column, replay?.rawValue ?? 0,
                trouble?.rawValue, name, trashed, role?.rawValue, shelved,
            ])
    }

    /// Takes over what is shown of the document from an entry that changed; nil: the entry is gone.
    mutating func reflect(_ key: EntryKey, _ shown: Fields?, for user: UserID) {
        if key == .head {
            name = shown?[.name]?.text ?? name
            trashed = shown?[.trashed]?.truth ?? false
        } else if key.collection == .members, key.id == user {
            role = shown?[.role]?.integer.flatMap(Role.init)
        }
    }
}
