import Foundation
import Synchronization
import TestSupport

/// All of Larder, for real: a private Redis, a private Postgres, and every service as its own process, on ports of their own.
final class Stack: Sendable {
    static let shards = 5

    let redis: RedisServer
    let postgres: PostgresServer
    let directory: TemporaryDirectory
    let gatewayPort: Int
    private let processes = Mutex<[String: ChildProcess]>([:])
    private let healthPorts: [String: Int]

    static let replicas = (1...shards).map { "storage-replica-\($0)" }
    static let others = ["ring-router", "sync-batcher", "gateway", "bridge"]

    var address: String { "http://127.0.0.1:\(gatewayPort)" }

    private init() async throws {
        redis = try await RedisServer.started(.init(appendOnly: true))
        postgres = try await PostgresServer.started(.init(settings: ["max_connections": "200"]))
        directory = try TemporaryDirectory("larder-stack")
        gatewayPort = try LoopbackPort.free()
        var ports: [String: Int] = [:]
        for name in Self.replicas + Self.others { ports[name] = try LoopbackPort.free() }
        healthPorts = ports
    }

    /// Started, and every service ready. End it with `stop()`.
    static func started() async throws -> Stack {
        let stack = try await Stack()
        do {
            for name in replicas + others { try stack.start(name) }
            for name in replicas + others { try await stack.awaitReady(name) }
        } catch {
            await stack.stop()
            throw error
        }
        return stack
    }

    /// For the time of `body`; stops all afterwards, and shows the services' last lines where it failed.
    static func run(_ body: (Stack) async throws -> Void) async throws {
        let stack = try await started()
        do { try await body(stack) } catch {
            for name in replicas + others { print("── \(name)\n\(stack.log(of: name).suffix(2_000))") }
            await stack.stop()
            throw error
        }
        await stack.stop()
    }

    // MARK: - Processes

    func start(_ name: String) throws {
        let program = name.hasPrefix("storage-replica") ? "storage-replica" : name
        var command = [Programs.path(program)]
        if name == "gateway" { command += ["--listen", "127.0.0.1:\(gatewayPort)"] }
        let environment = environment.merging(["LARDER_HEALTH_LISTEN": "127.0.0.1:\(healthPorts[name] ?? 0)"]) { $1 }
        let assignments = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let child = try ChildProcess(["/usr/bin/env"] + assignments + command, log: directory.file("\(name).log"))
        processes.withLock { $0[name] = child }
    }

    var environment: [String: String] {
        [
            "LARDER_REDIS_URL": redis.url, "LARDER_POSTGRES_URLS": "z1=\(postgres.url)",
            "LARDER_SIGNING_KEY": directory.file("signing-key").path, "LARDER_SERVER": address,
        ]
    }

    func end(_ name: String, _ signal: Int32) async throws {
        guard let child = processes.withLock({ $0.removeValue(forKey: name) }) else { return }
        try await child.end(signal)
    }

    func signal(_ name: String, _ signal: Int32) { processes.withLock { $0[name] }?.signal(signal) }

    func isRunning(_ name: String) -> Bool { processes.withLock { $0[name] }?.isRunning ?? false }

    func log(of name: String) -> String {
        (try? String(contentsOf: directory.file("\(name).log"), encoding: .utf8)) ?? ""
    }

    func stop() async {
        for name in Self.others.reversed() + Self.replicas { try? await end(name, SIGTERM) }
        try? await redis.stop()
        try? await postgres.stop()
    }

    // MARK: - Looking at it

    func awaitReady(_ name: String) async throws {
        try await eventually(within: .seconds(60), "\(name) is ready") { await self.isReady(name) }
    }

    func isReady(_ name: String) async -> Bool {
        let answer = await HTTP.get("http://127.0.0.1:\(healthPorts[name] ?? 0)/readyz")
        return answer?.status == 200
    }

    /// Runs `larder`, as the person whose data folder is named, and waits for its end.
    @discardableResult
    func larder(
        _ arguments: String..., as person: String? = nil, environment more: [String: String] = [:]
    ) async throws -> CommandResult {
        var environment = environment
        if let person { environment["LARDER_DATA"] = directory.file("data-\(person)").path }
        return try await CommandResult.of(
            Programs.path("larder"), arguments, environment: environment.merging(more) { $1 })
    }
}

/// The programs stand where the tests stand.
enum Programs {
    static func path(_ name: String) -> String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name).path
    }
}
