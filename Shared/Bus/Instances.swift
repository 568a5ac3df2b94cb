package import Logging
internal import Messages
package import Observability
package import Redis
internal import ServiceLifecycle

/// One running program.
package struct Instance: Sendable, Equatable {
    package var name: String
    package var role: String
    /// Where others reach it: an HTTP or WebSocket address, a ZeroMQ endpoint; empty where nobody needs to.
    package var address: String
    package var sinceMilliseconds: UInt64

    package init(name: String, role: String, address: String, sinceMilliseconds: UInt64) {
        self.name = name
        self.role = role
        self.address = address
        self.sinceMilliseconds = sinceMilliseconds
    }
}

/// Who is up: each instance announces itself in `larder:instances` and keeps a key alive beside it.
package struct Instances: Sendable {
    /// An instance that has not been heard of for so long counts as gone.
    package static let silenceMillisecondsMax = 6_000

    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// The live instances, in the order of their names. What a dead one left is removed.
    package func live() async throws(RedisError) -> [Instance] {
        let reply = try await redis.send(RedisCommand("HGETALL", .string(Keys.instances)))
        let all = Self.parse(reply)
        guard !all.isEmpty else { return [] }
        let marks = try await redis.send(RedisCommand("MGET", arguments: all.map { .string(Keys.alive($0.name)) }))
        let alive = (marks.array ?? []).map { $0 != .null }
        let gone = zip(all, alive).filter { !$1 }.map(\.0.name)
        if !gone.isEmpty {
            _ = try await redis.send(
                RedisCommand("HDEL", arguments: [.string(Keys.instances)] + gone.map { .string($0) }))
        }
        return zip(all, alive).filter(\.1).map(\.0).sorted { $0.name < $1.name }
    }

    package func live(role: String) async throws(RedisError) -> [Instance] {
        try await live().filter { $0.role == role }
    }

    fileprivate func announce(_ instance: Instance) async throws(RedisError) {
        let value = "\(instance.role) \(instance.sinceMilliseconds) \(instance.address)"
        _ = try await redis.pipeline([
            RedisCommand(
                "SET", .string(Keys.alive(instance.name)), "1", "PX", .int(Int64(Self.silenceMillisecondsMax))),
            RedisCommand("HSET", .string(Keys.instances), .string(instance.name), .string(value)),
            RedisCommand("EXPIRE", .string(Keys.reply(instance.name)), .int(Int64(StreamBounds.replySecondsToLive))),
        ])
    }

    fileprivate func withdraw(_ name: String) async throws(RedisError) {
        _ = try await redis.pipeline([
            RedisCommand("HDEL", .string(Keys.instances), .string(name)),
            RedisCommand("DEL", .string(Keys.alive(name))),
            // What still comes in has nobody to read it.
            RedisCommand("EXPIRE", .string(Keys.reply(name)), 60),
        ])
    }

    private static func parse(_ reply: RedisValue) -> [Instance] {
        let words = (reply.array ?? []).compactMap(\.string)
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { index in
            let value = words[index + 1].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard value.count == 3, let since = UInt64(value[1]) else { return nil }
            return Instance(
                name: words[index], role: String(value[0]), address: String(value[2]), sinceMilliseconds: since)
        }
    }
}

/// Announces this instance while it runs, and says good-bye.
/// Whether that works is the service's readiness for the bus.
package struct Presence: Service {
    package typealias Address = @Sendable () async throws -> String

    private let instances: Instances
    private let instance: Instance
    private let address: Address?
    private let readiness: Readiness
    private let logger: Logger

    /// - Parameter address: of the instance, if it becomes known only when the instance runs. Throws if it never does: it stays empty.
    package init(
        _ instance: Instance, address: Address? = nil, redis: RedisClient, readiness: Readiness, logger: Logger
    ) {
        self.instance = instance
        self.address = address
        self.instances = Instances(redis: redis)
        self.readiness = readiness
        self.logger = logger
        readiness.set("redis", missing: "not connected yet")
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            var instance = instance
            if let address { instance.address = (try? await address()) ?? "" }
            repeat {
                do {
                    try await instances.announce(instance)
                    readiness.set("redis", missing: nil)
                } catch {
                    readiness.set("redis", missing: "\(error)")
                    logger.debug("Presence not announced", metadata: ["error": "\(error)"])
                }
            } while (try? await Task.sleep(for: .milliseconds(Instances.silenceMillisecondsMax / 3))) != nil
        }
        do { try await instances.withdraw(instance.name) } catch {
            logger.debug("Presence not withdrawn", metadata: ["error": "\(error)"])
        }
    }
}

extension Instance {
    /// A bridge announces two addresses: where WebSockets connect and where batchers publish.
    package static func bridgeAddress(live: String, changes: String) -> String { "\(live) \(changes)" }

    /// Where WebSockets connect: `ws://host:port/v1/live`. Nil for what is no bridge.
    package var liveURL: String? { bridgeWords?.first.map(String.init) }
    /// Where batchers publish: a ZeroMQ endpoint. Nil for what is no bridge.
    package var changesEndpoint: String? { bridgeWords?.last.map(String.init) }

    private var bridgeWords: [Substring]? {
        let words = address.split(separator: " ")
        return role == "bridge" && words.count == 2 ? words : nil
    }
}
