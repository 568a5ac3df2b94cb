internal import ListCRDT
internal import Messages
internal import Postgres

/// Rows of a shard's tables as values. Throws where a row does not hold what the schema promises.
enum ShardRows {
    struct Corrupt: Error { var what: String }

    static func identifier(_ row: PostgresRow, _ column: Int) throws -> Identifier {
        guard let id = Identifier(bytes: try row[column].bytes()) else { throw Corrupt(what: "an id is not 16 bytes") }
        return id
    }

    static func version(_ row: PostgresRow) throws -> (DocumentID, DocumentVersion) {
        guard let kind = DocumentKind(rawValue: UInt8(truncatingIfNeeded: try row[1].int())) else {
            throw Corrupt(what: "a document is of no known kind")
        }
        let context = try Context(decoding: try row[2].bytes())
        return (try identifier(row, 0), DocumentVersion(kind: kind, context: context))
    }

    /// From the columns collection, id, state.
    static func entry(_ row: PostgresRow, from column: Int) throws -> (EntryKey, Entry) {
        let key = EntryKey(
            Collection(rawValue: UInt8(truncatingIfNeeded: try row[column].int())), try identifier(row, column + 1))
        return (key, try Entry(decoding: try row[column + 2].bytes()))
    }

    /// From the columns replica, counter, collection, entry, author, at, delta.
    static func operation(_ row: PostgresRow) throws -> LoggedOperation {
        let replica = ReplicaID(rawValue: UInt64(bitPattern: try row[0].int()))
        return LoggedOperation(
            dot: Dot(replica, UInt64(bitPattern: try row[1].int())),
            key: EntryKey(Collection(rawValue: UInt8(truncatingIfNeeded: try row[2].int())), try identifier(row, 3)),
            author: try identifier(row, 4), atMilliseconds: UInt64(bitPattern: try row[5].int()),
            delta: try EntryDelta(decoding: try row[6].bytes()))
    }
}
