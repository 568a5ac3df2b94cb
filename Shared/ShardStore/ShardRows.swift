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

    /// Operations from rows of the log, in the rows' order. Logs of version 0.1.0 have rows without a delta of their own: such a one
    /// shares that of the operation which covers it; where that is not among the rows, it is left out, for it says nothing alone.
    static func operations(_ rows: PostgresRows) throws -> [LoggedOperation] {
        let read = try rows.map { (row: $0, bytes: try $0[6].bytes()) }
        var whole: [EntryKey: [EntryDelta]] = [:]
        var deltas: [EntryDelta?] = []
        for (row, bytes) in read {
            let delta = bytes.isEmpty ? nil : try EntryDelta(decoding: bytes)
            if let delta { whole[try key(row), default: []].append(delta) }
            deltas.append(delta)
        }
        return try zip(read, deltas).compactMap { each, delta in
            let dot = try dot(each.row)
            if let delta { return try operation(each.row, dot, delta, each.bytes) }
            let shared = try whole[key(each.row)]?.first { $0.covered.contains(dot) }
            return try shared.map { try operation(each.row, dot, $0, nil) }
        }
    }

    private static func dot(_ row: PostgresRow) throws -> Dot {
        Dot(ReplicaID(rawValue: UInt64(bitPattern: try row[0].int())), UInt64(bitPattern: try row[1].int()))
    }

    private static func key(_ row: PostgresRow) throws -> EntryKey {
        EntryKey(Collection(rawValue: UInt8(truncatingIfNeeded: try row[2].int())), try identifier(row, 3))
    }

    /// From the columns replica, counter, collection, entry, author, at, delta.
    private static func operation(
        _ row: PostgresRow, _ dot: Dot, _ delta: EntryDelta, _ encoded: [UInt8]?
    ) throws -> LoggedOperation {
        LoggedOperation(
            dot: dot, key: try key(row), author: try identifier(row, 4),
            atMilliseconds: UInt64(bitPattern: try row[5].int()), delta: delta, encodedDelta: encoded)
    }
}
