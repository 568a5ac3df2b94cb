import Logging
import Redis
import TestSupport

/// A client that is connected, for the time of `body`.
func withClient<Output: Sendable>(
    of server: RedisServer, limits: RedisLimits = .patient, connected: Bool = true,
    _ body: @Sendable (RedisClient) async throws -> Output
) async throws -> Output {
    let client = try makeClient(of: server, limits: limits)
    return try await client.whileRunning {
        if connected { try await eventually("connected") { client.trouble == nil } }
        return try await body(client)
    }
}

func makeClient(of server: RedisServer, limits: RedisLimits = .patient) throws -> RedisClient {
    var configuration = try RedisConfiguration(url: server.url)
    configuration.limits = limits
    return RedisClient(configuration, name: "test", logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() })
}

extension RedisLimits {
    /// For tests that are not about deadlines: a busy machine is no failure.
    static var patient: RedisLimits {
        var limits = RedisLimits()
        limits.waitMax = .seconds(20)
        limits.answerMax = .seconds(20)
        limits.connectMax = .seconds(10)
        return limits
    }

    /// Impatient: for tests of what happens at a deadline.
    static var short: RedisLimits {
        var limits = RedisLimits()
        limits.waitMax = .milliseconds(300)
        limits.answerMax = .milliseconds(300)
        limits.connectMax = .milliseconds(300)
        limits.pauseMax = .milliseconds(100)
        return limits
    }
}

func outcome(_ body: () async throws -> RedisValue) async -> Result<RedisValue, RedisError> {
    do { return .success(try await body()) } catch { return .failure(error as? RedisError ?? .server("\(error)")) }
}

extension Result where Success == RedisValue, Failure == RedisError {
    var isNotSent: Bool { if case .failure(.notSent) = self { true } else { false } }
    var isIndefinite: Bool { if case .failure(.indefinite) = self { true } else { false } }
    var refusal: String? { if case .failure(.refused(let why)) = self { why } else { nil } }
}
