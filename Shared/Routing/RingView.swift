internal import Messages
package import Placement
package import Redis

/// The ring as Redis tells it: the placement table, and which of its shards nobody owns now.
package struct RingView: Sendable {
    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// The table in force; nil before the ring was founded, or while Redis has lost it and no worker has brought it back.
    package func placement() async throws(RedisError) -> PlacementTable? {
        let reply = try await redis.send(RedisCommand("HGET", .string(Keys.placement), "body"))
        guard let bytes = reply.bytes else { return nil }
        do { return try PlacementTable(decoding: bytes) } catch {
            throw RedisError.server("ERR \(Keys.placement) holds no placement table: \(error)")
        }
    }

    /// The shards of a table without a live owner.
    package func absent(of table: PlacementTable) async throws(RedisError) -> Set<ShardID> {
        let shards = table.shards.map(\.id)
        let reply = try await redis.send(RedisCommand("MGET", arguments: shards.map { .string(Keys.lease($0)) }))
        let owners = reply.array ?? []
        return Set(zip(shards, owners).filter { $1 == .null }.map(\.0))
    }
}
