internal import Messages
package import Observability
package import Redis
internal import ServiceLifecycle

/// What every service has: the way to Redis, the sender, and its presence among the instances.
package struct BusServices: Sendable {
    package let redis: RedisClient
    package let sender: BusSender
    private let context: ServiceContext

    package init(_ context: ServiceContext, redisURL: String) throws {
        let configuration = try RedisConfiguration(url: redisURL)
        redis = RedisClient(configuration, name: context.identity.instance, logger: context.logger)
        sender = BusSender(redis: redis, instance: context.identity.instance, logger: context.logger)
        self.context = context
    }

    /// Redis first and so stopped last: what is still to be sent goes out before.
    /// `address`: where others reach this instance; empty where nobody needs to.
    package func named(address: String = "") -> [NamedService] {
        let instance = Instance(
            name: context.identity.instance, role: context.identity.role, address: address,
            sinceMilliseconds: wallClockMilliseconds())
        return [
            NamedService("redis", redis),
            NamedService("sender", sender),
            NamedService("presence", Presence(instance, redis: redis, readiness: context.readiness, logger: context.logger)),
        ]
    }
}
