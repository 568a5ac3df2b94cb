package import Placement
package import Postgres

/// Makes a worker the owner of a shard's schema. Whoever owned it before can no longer commit, however late it wakes: every
/// transaction checks the number, and taking over waits for the transactions under way.
package struct ShardOwner: Sendable {
    package let number: Int64

    package static func takeOver(_ pool: PostgresPool, instance: String) async throws(ShardFailure) -> ShardOwner {
        do {
            let number = try await pool.withConnection { connection in
                let results = try await connection.pipeline([(ShardStatements.takeOver, [.text(instance)])])
                return try results[0].rows.first?[0].int()
            }
            guard let number else { throw ShardFailure.corrupt("the owner table has no row") }
            return ShardOwner(number: number)
        } catch { throw ShardFailure(error) }
    }
}

/// The placement table as a shard keeps it: losing Redis loses none.
package struct StoredPlacement: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    package func load() async throws(ShardFailure) -> PlacementTable? {
        do {
            return try await pool.withConnection { connection in
                let results = try await connection.pipeline([(ShardStatements.placement, [])])
                return try results[0].rows.first.map { try PlacementTable(decoding: try $0[0].bytes()) }
            }
        } catch { throw ShardFailure(error) }
    }

    /// Keeps the table unless a newer one is kept already.
    package func keep(_ table: PlacementTable) async throws(ShardFailure) {
        do {
            _ = try await pool.withConnection { connection in
                try await connection.pipeline([
                    (ShardStatements.putPlacement, [.int(Int64(bitPattern: table.epoch)), .bytes(table.encoded())])
                ])
            }
        } catch { throw ShardFailure(error) }
    }
}
