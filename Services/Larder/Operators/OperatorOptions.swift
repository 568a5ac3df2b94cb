import ArgumentParser
import Logging
import Observability
import Placement
import Redis
import Routing
import ShardStore

/// Where the operator's commands find Redis.
struct RedisOptions: ParsableArguments {
    @Option(variable: "LARDER_REDIS_URL", help: "Redis, which carries jobs and streams.", valueName: "url")
    var redisURL: ServiceURL = "redis://127.0.0.1:6379"

    func validate() throws { try OptionEnvironment.current.validate() }

    /// Runs `body` with a connected client and ends the connection after it.
    func withRedis<Result: Sendable>(_ body: @escaping @Sendable (RedisClient) async throws -> Result) async throws
        -> Result
    {
        let quiet = Logger(label: "larder") { _ in SwiftLogNoOpLogHandler() }
        let redis = RedisClient(try RedisConfiguration(url: redisURL.text), name: "larder-operator", logger: quiet)
        return try await redis.whileRunning {
            do { return try await body(redis) } catch let error as RedisError {
                throw OperatorError("Redis at \(redisURL): \(error)")
            }
        }
    }

    /// The placement in force; a sentence where there is none.
    func placement(_ redis: RedisClient) async throws -> PlacementTable {
        guard let table = try await RingView(redis: redis).placement() else {
            throw OperatorError("There is no placement table: the ring is founded once all its shards have owners.")
        }
        return table
    }
}

/// Where they find the shards' Postgres servers.
struct PostgresOptions: ParsableArguments {
    @Option(
        variable: "LARDER_POSTGRES_URLS", help: "Postgres servers, each its own zone: zone=url,zone=url.",
        valueName: "urls")
    var postgresUrls = ZoneList(single: "postgresql://127.0.0.1:5432/larder")
}

extension ZoneList: OptionValue {}

/// What an operator is told when a command cannot do its work.
struct OperatorError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
