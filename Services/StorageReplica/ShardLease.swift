import Messages
import Placement
import Redis
import Synchronization

/// The right to own a shard, held in Redis and renewed. It ends by itself when its holder is silent for `duration`.
final class ShardLease: Sendable {
    static let duration = Duration.seconds(5)
    static let renewInterval = Duration.milliseconds(1_500)

    let shard: ShardID
    private let redis: RedisClient
    private let holder: String
    /// Until when, by this machine's own monotonic clock, nobody else can hold it.
    private let validUntil: Mutex<ContinuousClock.Instant>

    private init(_ shard: ShardID, redis: RedisClient, holder: String, validUntil: ContinuousClock.Instant) {
        self.shard = shard
        self.redis = redis
        self.holder = holder
        self.validUntil = Mutex(validUntil)
    }

    var isValid: Bool { validUntil.withLock { $0 > .now } }

    /// The lease of a shard that nobody holds; nil when somebody does. One that this holder has from before is nobody else's: a renewal
    /// that Redis carried out late, after its sender had given up, would keep the shard from everyone until it runs out.
    static func acquire(_ shard: ShardID, redis: RedisClient, holder: String) async throws(RedisError) -> ShardLease? {
        let asked = ContinuousClock.now
        let reply = try await redis.run(
            Self.renewal, keys: [Keys.lease(shard)], arguments: [.string(holder), .int(Self.milliseconds)])
        return reply == .integer(1)
            ? ShardLease(shard, redis: redis, holder: holder, validUntil: asked + duration) : nil
    }

    /// Lengthens the lease. False: it is lost, for somebody else holds it or it has run out; then it stays lost, whatever became free
    /// meanwhile. A lease that Redis lost with its data is taken anew in time.
    func renew() async throws(RedisError) -> Bool {
        guard isValid else { return false }
        let asked = ContinuousClock.now
        let reply = try await redis.run(
            Self.renewal, keys: [Keys.lease(shard)], arguments: [.string(holder), .int(Self.milliseconds)])
        return validUntil.withLock { until in
            guard reply == .integer(1), until > .now else {
                until = .now
                return false
            }
            until = asked + Self.duration
            return true
        }
    }

    func release() async throws(RedisError) {
        validUntil.withLock { $0 = .now }
        _ = try await redis.run(Self.returning, keys: [Keys.lease(shard)], arguments: [.string(holder)])
    }

    private static let milliseconds = duration.components.seconds * 1000

    private static let renewal = RedisScript(
        "renew-lease",
        source: """
            -- Sets the lease's time to live anew if this holder has it or nobody does. Answers 1, or 0 when another has it.
            local holder = redis.call('GET', KEYS[1])
            if holder and holder ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return 1
            """)

    private static let returning = RedisScript(
        "return-lease",
        source: """
            -- Deletes the lease if this holder has it.
            if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
            return 0
            """)
}
