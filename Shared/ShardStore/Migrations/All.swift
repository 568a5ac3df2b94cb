package import Postgres

/// The migrations of a shard's schema, oldest first. `larder shards new-migration NAME` adds one. One that was released is never changed.
package enum ShardMigrations {
    package static let all: [Migration] = [
        m0001Documents, m0002Hold,
    ]
}
