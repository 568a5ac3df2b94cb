internal import GRDB
package import ListCRDT
package import SyncProtocol

/// A list as the overview shows it.
package struct ListSummary: Sendable {
    package let id: DocumentID
    package let name: String
    package let role: Role?
    package let trashed: Bool
    package let openCount: Int
    package let itemCount: Int
    /// Operations that the server has not acknowledged.
    package let pending: Int
    package let trouble: SyncStatus?
}

extension ReplicaStore {
    /// The lists on the person's shelf, by name.
    package func lists() async throws -> [ListSummary] {
        try await read { db in
            let rows = try db.rows(
                """
                SELECT document.*, (SELECT count(*) FROM operation WHERE document = document.id) AS pending
                FROM document WHERE kind = ? AND shelved ORDER BY name COLLATE NOCASE, id
                """, [DocumentKind.list.rawValue])
            return try rows.map { row in
                let document = try DocumentRow(row)
                let view = try db.view(of: document).list
                return ListSummary(
                    id: document.id, name: document.name ?? document.id.hex, role: document.role,
                    trashed: document.trashed, openCount: view.items.count { !$0.checked },
                    itemCount: view.items.count, pending: try row.decode(forColumn: "pending"),
                    trouble: document.trouble)
            }
        }
    }

    /// The whole document; nil: not on this device.
    package func document(_ id: DocumentID) async throws -> Document? {
        try await read { db in try DocumentRow.load(db, id).map(db.view) }
    }

    package func list(named name: String) async throws -> DocumentID {
        try await read { db in try db.list(named: name) }
    }

    package func item(named name: String, in list: DocumentID) async throws -> EntryID {
        try await read { db in try db.item(named: name, in: list) }
    }
}

extension Pen {
    package func list(named name: String) throws -> DocumentID { try db.list(named: name) }

    package func item(named name: String, in list: DocumentID) throws -> EntryID {
        try db.item(named: name, in: list)
    }

    /// What the item is called.
    package func name(of item: EntryID, in list: DocumentID) throws -> String {
        try EntryRow.load(db, list, EntryKey(.items, item))?.shown[.name]?.text ?? item.hex
    }

    /// What the list is called.
    package func name(of list: DocumentID) throws -> String { try row(list)?.name ?? list.hex }
}

extension Database {
    func view(of row: DocumentRow) throws -> Document {
        Document(kind: row.kind, context: row.context, entries: try EntryRow.loadAll(self, row.id))
    }

    func list(named name: String) throws -> DocumentID {
        let rows = try rows(
            "SELECT id, name FROM document WHERE kind = ? AND shelved ORDER BY name COLLATE NOCASE, id",
            [DocumentKind.list.rawValue])
        return try NameChoice.choose(name, "list", from: rows.map(Self.candidate))
    }

    func item(named name: String, in list: DocumentID) throws -> EntryID {
        let rows = try rows(
            """
            SELECT id, name FROM entry WHERE document = ? AND collection = ? AND name IS NOT NULL
            ORDER BY position, id
            """,
            [list.blob, Collection.items.rawValue])
        return try NameChoice.choose(name, "item", from: rows.map(Self.candidate))
    }

    private static func candidate(_ row: Row) throws -> NameChoice.Candidate {
        NameChoice.Candidate(id: try row.identifier("id"), name: try row.decode(String?.self, forColumn: "name") ?? "")
    }
}
