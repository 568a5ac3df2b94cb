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
    package func named(address: String = "") -> [NamedService] { named(fixed: address, later: nil) }

    /// The same for an instance that knows its address only when it runs. It is announced then, and counts as missing before.
    package func named(address: @escaping Presence.Address) -> [NamedService] { named(fixed: "", later: address) }

    private func named(fixed: String, later: Presence.Address?) -> [NamedService] {
        let instance = Instance(
            name: context.identity.instance, role: context.identity.role, address: fixed,
            sinceMilliseconds: wallClockMilliseconds())
        let presence = Presence(
            instance, address: later, redis: redis, readiness: context.readiness, logger: context.logger)
        return [
            NamedService("redis", redis), NamedService("sender", sender), NamedService("presence", presence),
        ]
    }
}
