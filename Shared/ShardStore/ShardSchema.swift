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

    /// The server's address with this schema as the search path: statements then name tables alone. A worker that is stopped in the middle
    /// of a transaction would keep the next owner out: the server ends it.
    package func configuration(server url: String) throws(PostgresError) -> PostgresConfiguration {
        let separator = url.contains("?") ? "&" : "?"
        return try PostgresConfiguration(
            url: "\(url)\(separator)options=-csearch_path%3D\(name)%20-cidle_in_transaction_session_timeout%3D3s")
    }
}
