package import ListCRDT
package import Messages
internal import Placement
package import Postgres

/// Why a batch was not committed.
package enum ShardFailure: Error, Sendable {
    /// Another worker owns the shard. Nothing was written.
    case ownershipLost
    /// The schema holds bytes that cannot be read.
    case corrupt(String)
    /// A definite failure, or one whose outcome is unknown: `PostgresError` says which.
    case postgres(PostgresError)
}

/// Applies batches of operations to a shard, one transaction each. Call it from one task: batches of a shard do not overlap.
package struct ShardWriter: Sendable {
    private let pool: PostgresPool
    private let ownerNumber: Int64
    private let cache: VersionCache
    private let entries = EntryCache()

    package init(pool: PostgresPool, ownerNumber: Int64, cache: VersionCache) {
        self.pool = pool
        self.ownerNumber = ownerNumber
        self.cache = cache
    }

    /// Commits a batch. The outcomes stand in the order of the requests: the context after the commit, or nil where the request
    /// contradicts what is kept.
    package func apply(_ requests: [ApplyRequest]) async throws(ShardFailure) -> [Context?] {
        do throws(ShardFailure) { return try await applyOnce(requests) } catch {
            guard error.isOfRows else { throw error }
            // Memory was wrong about the rows; it has forgotten them, so now the tables are asked.
            return try await applyOnce(requests)
        }
    }

    private func applyOnce(_ requests: [ApplyRequest]) async throws(ShardFailure) -> [Context?] {
        let documents = Array(Set(requests.map(\.document)))
        let places = ApplyPlan.places(of: requests)
        do {
            return try await pool.withConnection { connection in
                let known = Known(
                    versions: cache.rows(of: documents), entries: entries.rows(of: places), documents: documents,
                    places: places)
                var plan = try await known.isAll ? known.plan : load(known, on: connection)
                let taken = requests.map { plan.apply($0) }
                let steps = BatchColumns(plan).steps
                // What is read first has opened the transaction already; else the steps of one round trip are one.
                _ = try await connection.pipeline(
                    known.isAll ? [hold] + steps : steps + [(ShardStatements.commit, [])])
                cache.keep(plan.versions)
                entries.keep(plan.entries)
                return zip(requests, taken).map { $1 ? plan.versions[$0.document]?.context : nil }
            }
        } catch {
            cache.forget(documents)
            entries.forget(places)
            throw ShardFailure(error)
        }
    }

    /// Notes what an absent shard missed, in the same schema as the operations themselves.
    package func record(_ hints: [(document: DocumentID, hint: HintPayload)]) async throws(ShardFailure) {
        let rows = hints.flatMap { document, hint in
            hint.dots.ranges.map { (hint.absent.name, document.bytes, $0.replica, $0.range) }
        }
        do {
            _ = try await pool.withConnection { connection in
                try await connection.pipeline(
                    [
                        hold,
                        (
                            ShardStatements.putHints,
                            [
                                .textArray(rows.map(\.0)), .bytesArray(rows.map(\.1)),
                                .intArray(rows.map { Int64(bitPattern: $0.2.rawValue) }),
                                .intArray(rows.map { Int64($0.3.lowerBound) }),
                                .intArray(rows.map { Int64($0.3.upperBound) }),
                            ]
                        ),
                    ])
            }
        } catch { throw ShardFailure(error) }
    }

    // MARK: - At most two round trips

    /// What the owner's memory has of a batch's rows.
    private struct Known {
        var versions: [DocumentID: DocumentVersion]
        var entries: [ApplyPlan.EntryPlace: Entry]
        let documents: [DocumentID]
        let places: [ApplyPlan.EntryPlace]

        var isAll: Bool { versions.count == documents.count && entries.count == places.count }
        var plan: ApplyPlan { ApplyPlan(versions: versions, entries: entries) }
    }

    /// Fails where another worker owns the shard, and locks the owner's number.
    private var hold: (Statement, [PostgresParameter]) { (ShardStatements.hold, [.int(ownerNumber)]) }

    /// Opens the transaction and reads the rows that are not known.
    private func load(_ known: Known, on connection: PostgresConnection) async throws -> ApplyPlan {
        var known = known
        let documents = known.documents.filter { known.versions[$0] == nil }.sorted()
        let places = known.places.filter { known.entries[$0] == nil }
        let results = try await connection.pipeline(
            [
                (ShardStatements.begin, []), hold,
                (ShardStatements.documents, [.bytesArray(documents.map(\.bytes))]),
                (ShardStatements.entries, PlaceColumns(places).parameters),
            ])
        for row in results[2].rows {
            let (id, version) = try ShardRows.version(row)
            known.versions[id] = version
        }
        for row in results[3].rows {
            let document = try ShardRows.identifier(row, 0)
            let (key, entry) = try ShardRows.entry(row, from: 1)
            known.entries[.init(document, key)] = entry
        }
        return known.plan
    }
}

extension ShardFailure {
    /// Rows that were to be changed were not there, or those to be added were: see `ShardStatements`.
    fileprivate var isOfRows: Bool {
        guard case .postgres(.server(let sqlState, _)) = self else { return false }
        return sqlState == ShardStatements.rowsMissing || sqlState == ShardStatements.rowsThere
    }

    init(_ error: any Error) {
        switch error {
        case let failure as ShardFailure: self = failure
        case PostgresError.server(let sqlState, _) where sqlState == ShardStatements.notTheOwner: self = .ownershipLost
        case let error as PostgresError: self = .postgres(error)
        default: self = .corrupt("\(error)")
        }
    }
}
