package import Placement
package import Postgres

/// Where a shard keeps its rows: a schema named after it, on the Postgres server of its zone.
package struct ShardSchema: Sendable {
    package let shard: ShardID
    package let name: String

    package init(_ shard: ShardID) {
        self.shard = shard
        name = "shard_" + shard.name.replacing("-", with: "_")
    }

    /// The server's address with what a shard's connections need.
    package func configuration(server url: String) throws(PostgresError) -> PostgresConfiguration {
        let options = settings.map { "-c\($0)%3D\($1)" }.joined(separator: "%20")
        return try PostgresConfiguration(url: "\(url)\(url.contains("?") ? "&" : "?")options=\(options)")
    }

    private var settings: [(String, String)] {
        [
            // Statements name tables alone.
            ("search_path", name),
            // A worker that is stopped in the middle of a transaction would keep the next owner out: the server ends it.
            ("idle_in_transaction_session_timeout", "3s"),
            // Rows are always found by their keys. A plan made while a table is small would read all of it, and is kept when it has
            // grown: batches that edit a list of 10,000 items took three times as long.
            ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
            // With the arrays of each batch in view no better plan is found than without; to look for one takes as long as a few rows.
            ("plan_cache_mode", "force_generic_plan"),
            // Compiling a statement takes longer than any of these runs; a table without an index seems dear enough now to do it.
            ("jit", "off"),
        ]
    }
}
