internal import Foundation
internal import GRDB
internal import ListCRDT

/// One entry of one document: its state, and beside it what is looked up without decoding it.
enum EntryRow {
    static func load(_ db: Database, _ document: DocumentID, _ key: EntryKey) throws -> Entry? {
        let row = try db.row(
            "SELECT state FROM entry WHERE document = ? AND collection = ? AND id = ?",
            [document.blob, key.collection.rawValue, key.id.blob])
        return try row.map { try Entry(decoding: try $0.bytes("state")) }
    }

    static func loadAll(_ db: Database, _ document: DocumentID) throws -> [EntryKey: Entry] {
        var entries: [EntryKey: Entry] = [:]
        for row in try db.rows("SELECT collection, id, state FROM entry WHERE document = ?", [document.blob]) {
            let collection = Collection(rawValue: try row.decode(forColumn: "collection"))
            entries[EntryKey(collection, try row.identifier("id"))] = try Entry(decoding: try row.bytes("state"))
        }
        return entries
    }

    /// Nil takes it away.
    static func save(_ db: Database, _ document: DocumentID, _ key: EntryKey, _ entry: Entry?) throws {
        guard let entry else {
            return try db.run(
                "DELETE FROM entry WHERE document = ? AND collection = ? AND id = ?",
                [document.blob, key.collection.rawValue, key.id.blob])
        }
        let shown = entry.shown
        try db.run(
            "INSERT OR REPLACE INTO entry (document, collection, id, state, name, position) VALUES (?, ?, ?, ?, ?, ?)",
            [
                document.blob, key.collection.rawValue, key.id.blob, Data(entry.encoded()), shown[.name]?.text,
                shown[.position]?.data.map { Data($0) },
            ])
    }

    static func deleteAll(_ db: Database, _ document: DocumentID) throws {
        try db.run("DELETE FROM entry WHERE document = ?", [document.blob])
    }
}
