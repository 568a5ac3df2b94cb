/// A step of a schema's history. Once applied anywhere, neither its name nor its text may change.
package struct Migration: Sendable, Equatable {
    /// Sorts after every earlier one: `0001-documents`.
    package let name: String
    /// Statements that name their tables without a schema; no `BEGIN` or `COMMIT`.
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// Brings a schema forward, recorded in its table `migration`.
///
/// Each migration is one transaction under an advisory lock, so that any number of workers may start at once. There is
/// no way back: a mistake is mended by a further migration.
package enum Migrator {
    /// For one migration, the wait for another worker's included.
    package static let timeout = Duration.seconds(600)

    /// Applies what `schema` lacks and returns the names of what this call applied, in order.
    ///
    /// `.misuse` when the history in the database is not a beginning of `migrations`.
    package static func apply(
        _ migrations: [Migration], schema: String, on connection: PostgresConnection
    ) async throws(PostgresError) -> [String] {
        let schema = try SchemaName(schema)
        for (earlier, later) in zip(migrations, migrations.dropFirst()) where earlier.name >= later.name {
            throw .misuse("migration \(later.name) does not sort after \(earlier.name)")
        }
        try await transaction(schema, on: connection) { () throws(PostgresError) in
            try await connection.execute(createLedger(schema))
        }
        var applied: [String] = []
        while let migration = try await applyNext(of: migrations, schema, on: connection) {
            applied.append(migration.name)
        }
        return applied
    }

    private static func applyNext(
        of migrations: [Migration], _ schema: SchemaName, on connection: PostgresConnection
    ) async throws(PostgresError) -> Migration? {
        try await transaction(schema, on: connection) { () throws(PostgresError) in
            let recorded = try await connection.query(readLedger(schema)).rows
            let checksums = try await connection.query(checksumStatement, .textArray(migrations.map(\.sql))).rows
            try check(recorded, against: migrations, checksums, schema)
            guard recorded.count < migrations.count else { return nil }
            let migration = migrations[recorded.count]
            try await connection.execute(migration.sql, timeout: timeout)
            guard connection.isInTransaction else {
                throw .misuse("migration \(migration.name) ends the transaction it runs in; leave out BEGIN and COMMIT")
            }
            let checksum = try checksums[recorded.count][0].bytes()
            _ = try await connection.query(record(schema), .text(migration.name), .bytes(checksum))
            return migration
        }
    }

    /// The history must be a beginning of what the program knows, text for text.
    private static func check(
        _ recorded: PostgresRows, against migrations: [Migration], _ checksums: PostgresRows, _ schema: SchemaName
    ) throws(PostgresError) {
        for (index, row) in recorded.enumerated() {
            let name = try row[0].text()
            guard index < migrations.count else {
                throw .misuse(
                    "schema \(schema.rawValue) has migration \(name), which this program does not know: update it")
            }
            guard migrations[index].name == name else {
                throw .misuse(
                    "schema \(schema.rawValue) has migration \(name) where this program has \(migrations[index].name): "
                        + "migrations are only added at the end")
            }
            guard try row[1].bytes() == checksums[index][0].bytes() else {
                throw .misuse(
                    "migration \(name) was changed after schema \(schema.rawValue) applied it: undo that, add a new one"
                )
            }
        }
    }

    /// Runs `body` in a transaction that holds the schema's lock and finds the schema's tables first.
    private static func transaction<R: Sendable>(
        _ schema: SchemaName, on connection: PostgresConnection,
        _ body: () async throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        do {
            try await connection.execute(
                """
                BEGIN;
                SET LOCAL statement_timeout = \(timeout.milliseconds);
                SELECT pg_advisory_xact_lock(hashtextextended('larder migration of \(schema.rawValue)', 0));
                SET LOCAL search_path = \(schema.quoted);
                """, timeout: timeout)
            let result = try await body()
            try await connection.execute("COMMIT")
            return result
        } catch {
            await connection.leaveTransaction()
            throw error
        }
    }

    private static func createLedger(_ schema: SchemaName) -> String {
        """
        CREATE SCHEMA IF NOT EXISTS \(schema.quoted);
        CREATE TABLE IF NOT EXISTS \(schema.quoted).migration (
            name text PRIMARY KEY,
            checksum bytea NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        );
        """
    }

    private static func readLedger(_ schema: SchemaName) -> Statement {
        Statement(
            "migrator.read.\(schema.rawValue)",
            "SELECT name, checksum FROM \(schema.quoted).migration ORDER BY name COLLATE \"C\"")
    }

    private static func record(_ schema: SchemaName) -> Statement {
        Statement(
            "migrator.record.\(schema.rawValue)",
            "INSERT INTO \(schema.quoted).migration (name, checksum) VALUES ($1, $2)")
    }

    private static let checksumStatement = Statement(
        "migrator.checksum",
        "SELECT sha256(convert_to(sql, 'UTF8')) FROM unnest($1) WITH ORDINALITY AS given (sql, place) ORDER BY place")
}
