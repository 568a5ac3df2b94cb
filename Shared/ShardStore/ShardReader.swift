package import ListCRDT
package import Messages
package import Postgres

/// One question about one document.
package struct FetchRequest: Sendable {
    package var document: DocumentID
    package var question: ReadPayload

    package init(document: DocumentID, question: ReadPayload) {
        self.document = document
        self.question = question
    }
}

/// Tells what a shard holds. What the committed versions in memory can answer is answered from there; the rest of a batch is read
/// in one snapshot, in two round trips.
package struct ShardReader: Sendable {
    /// Missing operations past this number are answered by the whole state, which is what they amount to.
    static let operationsBeforeWholeMax: UInt64 = 5_000

    private let pool: PostgresPool
    private let cache: VersionCache

    package init(pool: PostgresPool, cache: VersionCache) {
        self.pool = pool
        self.cache = cache
    }

    /// Answers in the order of the requests.
    package func fetch(_ requests: [FetchRequest]) async throws(ShardFailure) -> [ReadResult] {
        var answers = requests.map { fromMemory($0) }
        let open = answers.indices.filter { answers[$0] == nil }
        if !open.isEmpty {
            let read = try await fromRows(open.map { requests[$0] })
            for (index, answer) in zip(open, read) { answers[index] = answer }
        }
        return answers.map { $0 ?? ReadResult(.refused) }
    }

    private func fromMemory(_ request: FetchRequest) -> ReadResult? {
        guard let version = cache[request.document], version.kind == request.question.kind else { return nil }
        switch request.question.what {
        case .context: return ReadResult(.found, context: version.context)
        case .missing(let since), .operations(let since):
            return version.context.isSubset(of: since) ? ReadResult(.found, context: version.context) : nil
        case .access, .entries, .history: return nil
        }
    }

    private func fromRows(_ requests: [FetchRequest]) async throws(ShardFailure) -> [ReadResult] {
        do {
            return try await pool.withConnection { connection in
                let documents = Set(requests.map(\.document)).sorted()
                let found = try await connection.pipeline([
                    (ShardStatements.beginSnapshot, []),
                    (ShardStatements.documents, [.bytesArray(documents.map(\.bytes))]),
                ])
                var versions: [DocumentID: DocumentVersion] = [:]
                for row in found[1].rows {
                    let (id, version) = try ShardRows.version(row)
                    versions[id] = version
                }
                let readings = requests.map { Reading($0, versions[$0.document]) }
                let results = try await connection.pipeline(readings.flatMap(\.steps) + [(ShardStatements.commit, [])])
                var next = 0
                return try readings.map { reading in
                    defer { next += reading.steps.count }
                    return try reading.answer(Array(results[next..<(next + reading.steps.count)]))
                }
            }
        } catch { throw ShardFailure(error) }
    }
}

/// How one question is answered from rows: the statements, and what their results amount to.
private struct Reading {
    enum Way {
        case contextOnly
        /// It is of another kind than it is taken for.
        case refused
        case whole
        case operations(joined: Bool)
        case part
        case history
    }

    let request: FetchRequest
    let version: DocumentVersion
    let way: Way
    let steps: [(Statement, [PostgresParameter])]

    init(_ request: FetchRequest, _ version: DocumentVersion?) {
        self.request = request
        self.version = version ?? DocumentVersion(kind: request.question.kind, context: Context())
        guard version != nil, self.version.kind == request.question.kind else {
            (way, steps) = (version == nil ? .contextOnly : .refused, [])
            return
        }
        let id = PostgresParameter.bytes(request.document.bytes)
        let access = (ShardStatements.access, [id])
        switch request.question.what {
        case .context: (way, steps) = (.contextOnly, [])
        case .access: (way, steps) = (.part, [access])
        case .entries(let keys):
            let places = PlaceColumns(keys.map { .init(request.document, $0) })
            (way, steps) = (.part, [access, (ShardStatements.entriesOf, places.parameters)])
        case .history(let limit):
            (way, steps) = (.history, [access, (ShardStatements.history, [id, .int(Int64(limit))])])
        case .missing(let since), .operations(let since):
            (way, steps) = Self.missing(request, self.version.context.subtracting(since), isFirst: since.isEmpty)
        }
    }

    private static func missing(
        _ request: FetchRequest, _ missing: Context, isFirst: Bool
    ) -> (Way, [(Statement, [PostgresParameter])]) {
        if missing.isEmpty { return (.contextOnly, []) }
        var joined = false
        if case .missing = request.question.what {
            joined = true
            if isFirst || missing.dotCount > ShardReader.operationsBeforeWholeMax {
                return (.whole, [(ShardStatements.wholeDocument, [.bytes(request.document.bytes)])])
            }
        }
        let ranges = missing.ranges
        let parameters: [PostgresParameter] = [
            .bytes(request.document.bytes), .intArray(ranges.map { Int64(bitPattern: $0.replica.rawValue) }),
            .intArray(ranges.map { Int64(bitPattern: $0.range.lowerBound) }),
            .intArray(ranges.map { Int64(bitPattern: $0.range.upperBound) }),
        ]
        return (.operations(joined: joined), [(ShardStatements.operations, parameters)])
    }

    func answer(_ results: [PostgresResult]) throws -> ReadResult {
        switch way {
        case .contextOnly: return ReadResult(.found, context: version.context)
        case .refused: return ReadResult(.refused)
        case .whole:
            let entries = try entries(in: results)
            let document = Document(kind: version.kind, context: version.context, entries: entries)
            return ReadResult(.found, context: version.context, delta: document.asDelta)
        case .part:
            return ReadResult(.found, context: version.context, delta: try part(results))
        case .history:
            let operations = try ShardRows.operations(results[1].rows)
            return ReadResult(
                .found, context: version.context, delta: try part([results[0]]), operations: operations)
        case .operations(let joined):
            return try operations(in: results[0], joined: joined)
        }
    }

    /// Some entries as they stand, each speaking for the dots it shows.
    private func part(_ results: [PostgresResult]) throws -> Delta {
        Delta(
            kind: version.kind,
            entries: try entries(in: results).map { key, entry in
                (key, EntryDelta(covered: Context(), replaced: entry.replaced, versions: entry.versions))
            })
    }

    private func entries(in results: [PostgresResult]) throws -> [EntryKey: Entry] {
        var entries: [EntryKey: Entry] = [:]
        for row in results.lazy.flatMap(\.rows) {
            let (key, entry) = try ShardRows.entry(row, from: 0)
            entries[key] = entry
        }
        return entries
    }

    private func operations(in result: PostgresResult, joined: Bool) throws -> ReadResult {
        let operations = try ShardRows.operations(result.rows)
        guard joined else {
            return ReadResult(.found, context: version.context, operations: operations)
        }
        let delta = Delta(kind: version.kind, joining: operations)
        return ReadResult(.found, context: version.context, delta: delta)
    }
}
