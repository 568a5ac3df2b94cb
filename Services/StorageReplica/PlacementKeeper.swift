import Bus
import Logging
import Messages
import Placement
import Redis
import Routing
import ShardStore
import Synchronization

/// Keeps the placement table in Redis and in this shard's schema the same: the higher epoch wins, so that losing Redis loses no table.
/// When there is none anywhere and all founding shards have owners, it founds the ring.
final class PlacementKeeper: Sendable {
    private let shard: Shard
    private let redis: RedisClient
    private let stored: StoredPlacement
    private let founding: [Shard]
    private let events: EventLog
    private let logger: Logger
    private let table = Mutex<PlacementTable?>(nil)

    init(
        _ shard: Shard, redis: RedisClient, stored: StoredPlacement, founding: [Shard], events: EventLog, logger: Logger
    ) {
        self.shard = shard
        self.redis = redis
        self.stored = stored
        self.founding = founding
        self.events = events
        self.logger = logger
    }

    var current: PlacementTable? { table.withLock { $0 } }

    func load() async throws {
        let kept = try await stored.load()
        table.withLock { $0 = kept }
    }

    /// One look: take up what is newer in Redis, put there what is newer here, found the ring if it is to be founded.
    func look() async throws {
        let published = try await RingView(redis: redis).placement()
        let mine = current
        if let published, published.epoch > mine?.epoch ?? 0 {
            try await stored.keep(published)
            table.withLock { $0 = published }
            logger.info("Placement kept", metadata: ["epoch": "\(published.epoch)"])
        } else if let mine, mine.epoch > published?.epoch ?? 0 {
            try await publish(mine)
        } else if published == nil, mine == nil {
            try await found()
        }
        let state = "\(shard.zone.name) \(current?.epoch ?? 0)"
        _ = try await redis.send(RedisCommand("HSET", .string(Keys.shards), .string(shard.id.name), .string(state)))
    }

    private func publish(_ table: PlacementTable) async throws {
        let taken = try await redis.run(
            Self.publication, keys: [Keys.placement],
            arguments: [.string(String(table.epoch)), .bytes(table.encoded())])
        if taken == .integer(1) {
            events.note("placement", [("epoch", String(table.epoch)), ("by", shard.id.name)])
            logger.info("Placement published", metadata: ["epoch": "\(table.epoch)"])
        }
    }

    /// All founding shards must be owned and none may know a table: where Redis lost its data, a table that some shard keeps comes first.
    private func found() async throws {
        let names = founding.map { RedisArgument.string($0.id.name) }
        let known = try await redis.send(RedisCommand("HMGET", arguments: [.string(Keys.shards)] + names)).array ?? []
        let leases =
            try await redis.send(
                RedisCommand("MGET", arguments: founding.map { .string(Keys.lease($0.id)) })
            ).array ?? []
        guard known.count == founding.count, leases.count == founding.count, leases.allSatisfy({ $0 != .null }),
            known.allSatisfy({ $0.string?.hasSuffix(" 0") == true })
        else { return }
        try await publish(try Balancer.founding(founding))
    }

    private static let publication = RedisScript(
        "publish-placement",
        source: """
            -- Puts the placement table in force unless one of the same or a higher epoch is. Answers 1 if it did.
            local epoch = redis.call('HGET', KEYS[1], 'epoch')
            if epoch and tonumber(epoch) >= tonumber(ARGV[1]) then return 0 end
            redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'body', ARGV[2])
            return 1
            """)
}
