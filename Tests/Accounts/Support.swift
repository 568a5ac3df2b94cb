import Accounts
import Foundation
import Logging
import Redis
import TestSupport

/// A private Redis, and a client that runs as long as `body` does.
func withRedis(_ body: @Sendable @escaping (RedisClient, RedisServer) async throws -> Void) async throws {
    let server = try await RedisServer.started()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let client = RedisClient(try RedisConfiguration(url: server.url), name: "accounts-test", logger: logger)
    try await client.whileRunning {
        try await eventually(within: .seconds(20), "the client is connected") { client.trouble == nil }
        try await body(client, server)
    }
}

/// What each of so many who do it at the same time gets.
func concurrently<Result: Sendable>(_ count: Int, _ work: @Sendable @escaping (Int) async -> Result) async -> [Result] {
    await withTaskGroup { group in
        for index in 0..<count { group.addTask { await work(index) } }
        return await group.reduce(into: []) { $0.append($1) }
    }
}
