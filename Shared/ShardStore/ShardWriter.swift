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

    package init(pool: PostgresPool, ownerNumber: Int64, cache: VersionCache) {
        self.pool = pool
        self.ownerNumber = ownerNumber
        self.cache = cache
    }

    /// Commits a batch. The outcomes stand in the order of the requests: the context after the commit, or nil where the request
    /// contradicts what is kept.
    package func apply(_ requests: [ApplyRequest]) async throws(ShardFailure) -> [Context?] {
        do {
            return try await pool.withConnection { connection in
                var plan = try await load(requests, on: connection)
                let taken = requests.map { plan.apply($0) }
                try await commit(plan, on: connection)
                cache.keep(plan.versions)
                return zip(requests, taken).map { $1 ? plan.versions[$0.document]?.context : nil }
            }
        } catch {
            cache.forget(requests.map(\.document))
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
                _ = try await start(connection, [])
                return try await connection.pipeline([
                    (
                        ShardStatements.putHints,
                        [
                            .textArray(rows.map(\.0)), .bytesArray(rows.map(\.1)),
                            .intArray(rows.map { Int64(bitPattern: $0.2.rawValue) }),
                            .intArray(rows.map { Int64($0.3.lowerBound) }),
                            .intArray(rows.map { Int64($0.3.upperBound) }),
                        ]
                    ),
                    (ShardStatements.commit, []),
                ])
            }
        } catch { throw ShardFailure(error) }
    }

    // MARK: - The two round trips

    /// Opens the transaction, checks and locks the owner number, and runs `reads`.
    private func start(
        _ connection: PostgresConnection, _ reads: [(Statement, [PostgresParameter])]
    ) async throws -> [PostgresResult] {
        let results = try await connection.pipeline(
            [(ShardStatements.begin, []), (ShardStatements.owner, [])] + reads)
        guard try results[1].rows.first?[0].int() == ownerNumber else { throw ShardFailure.ownershipLost }
        return Array(results.dropFirst(2))
    }

    private func load(_ requests: [ApplyRequest], on connection: PostgresConnection) async throws -> ApplyPlan {
        var versions = cache.known(requests.map(\.document))
        let unknown = Set(requests.map(\.document).filter { versions[$0] == nil }).sorted()
        let places = ApplyPlan.places(of: requests)
        let results = try await start(
            connection,
            [
                (ShardStatements.documents, [.bytesArray(unknown.map(\.bytes))]),
                (ShardStatements.entries, PlaceColumns(places).parameters),
            ])
        for row in results[0].rows {
            let (id, version) = try ShardRows.version(row)
            versions[id] = version
        }
        var entries: [ApplyPlan.EntryPlace: Entry] = [:]
        for row in results[1].rows {
            let document = try ShardRows.identifier(row, 0)
            let (key, entry) = try ShardRows.entry(row, from: 1)
            entries[.init(document, key)] = entry
        }
        return ApplyPlan(versions: versions, entries: entries)
    }

    private func commit(_ plan: ApplyPlan, on connection: PostgresConnection) async throws {
        _ = try await connection.pipeline(BatchColumns(plan).steps + [(ShardStatements.commit, [])])
    }
}

extension ShardFailure {
    init(_ error: any Error) {
        switch error {
        case let failure as ShardFailure: self = failure
        case let error as PostgresError: self = .postgres(error)
        default: self = .corrupt("\(error)")
        }
    }
}
