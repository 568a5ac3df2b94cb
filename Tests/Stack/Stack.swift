internal import Foundation
internal import Synchronization
package import TestSupport

/// All of Larder, for real: a private Redis, private Postgres servers, and every service as its own process, on ports of their own.
package final class Stack: Sendable {
    package struct Layout: Sendable {
        package var shards = 5
        /// Postgres servers. The shards are dealt out to them in turn.
        package var zones = 1
        package var routers = 1
        package var bridges = 1
        package var redis = RedisServer.Options(appendOnly: true)
        /// Further settings of each Postgres.
        package var postgres = ["max_connections": "200"]
        /// Further variables of every service.
        package var environment: [String: String] = [:]
        /// Programs that stand in for a service's own, by the service's name.
        package var programs: [String: String] = [:]

        package init() {}

        package var replicas: [String] { (1...shards).map { "storage-replica-\($0)" } }
        package var ringRouters: [String] { ["ring-router"] + (1..<max(routers, 1)).map { "ring-router-\($0 + 1)" } }
        /// What is not a storage worker, in the order in which it is started.
        package var others: [String] { ringRouters + ["sync-batcher", "gateway"] + liveBridges }
        package var liveBridges: [String] { ["bridge"] + (1..<max(bridges, 1)).map { "bridge-\($0 + 1)" } }
        package var services: [String] { replicas + others }
    }

    package let layout: Layout
    package let redis: RedisServer
    package let zones: [PostgresServer]
    package let directory: TemporaryDirectory
    package let gatewayPort: Int
    /// Of each bridge, by its name.
    private let livePorts: [String: Int]
    private let processes = Mutex<[String: ChildProcess]>([:])
    private let healthPorts: [String: Int]

    package var postgres: PostgresServer { zones[0] }
    package var address: String { "http://127.0.0.1:\(gatewayPort)" }
    package var livePort: Int { livePort(of: "bridge") }
    package func livePort(of bridge: String) -> Int { livePorts[bridge] ?? 0 }
    package var liveAddress: String { "ws://127.0.0.1:\(livePort)/v1/live" }

    private init(_ layout: Layout) async throws {
        self.layout = layout
        redis = try await RedisServer.started(layout.redis)
        var zones: [PostgresServer] = []
        for _ in 0..<layout.zones { zones.append(try await PostgresServer.started(.init(settings: layout.postgres))) }
        self.zones = zones
        directory = try TemporaryDirectory("larder-stack")
        gatewayPort = try LoopbackPort.free()
        livePorts = Dictionary(
            uniqueKeysWithValues: try layout.liveBridges.map { ($0, try LoopbackPort.free()) })
        var ports: [String: Int] = [:]
        for name in layout.services { ports[name] = try LoopbackPort.free() }
        healthPorts = ports
    }

    /// Started, and every service ready. End it with `stop()`.
    package static func started(_ layout: Layout = Layout()) async throws -> Stack {
        let stack = try await Stack(layout)
        do {
            for name in layout.services { try stack.start(name) }
            for name in layout.services { try await stack.awaitReady(name) }
        } catch {
            await stack.stop()
            throw error
        }
        return stack
    }

    /// For the time of `body`; stops all afterwards, and shows the services' last lines where it failed.
    package static func run(_ layout: Layout = Layout(), _ body: (Stack) async throws -> Void) async throws {
        let stack = try await started(layout)
        do { try await body(stack) } catch {
            for name in layout.services { print("── \(name)\n\(stack.log(of: name).suffix(2_000))") }
            await stack.stop()
            throw error
        }
        await stack.stop()
    }

    // MARK: - Processes

    package func start(_ name: String) throws {
        let program =
            layout.programs[name] ?? ["storage-replica", "ring-router", "bridge"].first { name.hasPrefix($0) } ?? name
        var command = [Programs.path(program)]
        if name == "gateway" { command += ["--listen", "127.0.0.1:\(gatewayPort)"] }
        if let port = livePorts[name] { command += ["--listen", "127.0.0.1:\(port)"] }
        let environment = environment.merging(["LARDER_HEALTH_LISTEN": "127.0.0.1:\(healthPorts[name] ?? 0)"]) { $1 }
        let assignments = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let child = try ChildProcess(["/usr/bin/env"] + assignments + command, log: directory.file("\(name).log"))
        processes.withLock { $0[name] = child }
    }

    package var environment: [String: String] {
        let ours = [
            "LARDER_REDIS_URL": redis.url,
            "LARDER_POSTGRES_URLS": zones.enumerated().map { "z\($0 + 1)=\($1.url)" }.joined(separator: ","),
            "LARDER_RING_SHARDS": "\(layout.shards)",
            "LARDER_SIGNING_KEY": directory.file("signing-key").path, "LARDER_SERVER": address,
        ]
        return ours.merging(layout.environment) { $1 }
    }

    package func end(_ name: String, _ signal: Int32) async throws {
        guard let child = processes.withLock({ $0.removeValue(forKey: name) }) else { return }
        try await child.end(signal)
    }

    package func signal(_ name: String, _ signal: Int32) { processes.withLock { $0[name] }?.signal(signal) }

    /// SIGSTOP; returns when it stands still.
    package func pause(_ name: String) async throws {
        guard let child = processes.withLock({ $0[name] }) else { throw TestSupportError("\(name) does not run") }
        try await child.pause()
    }

    package func isRunning(_ name: String) -> Bool { processes.withLock { $0[name] }?.isRunning ?? false }

    package func processID(of name: String) -> Int32? { processes.withLock { $0[name] }?.processID }

    package func log(of name: String) -> String {
        (try? String(contentsOf: directory.file("\(name).log"), encoding: .utf8)) ?? ""
    }

    package func stop() async {
        for name in layout.others.reversed() + layout.replicas { try? await end(name, SIGTERM) }
        try? await redis.stop()
        for zone in zones { try? await zone.stop() }
    }

    // MARK: - Looking at it

    package func awaitReady(_ name: String) async throws {
        try await eventually(within: .seconds(60), "\(name) is ready") { await self.isReady(name) }
    }

    package func isReady(_ name: String) async -> Bool {
        let answer = await HTTP.get("http://127.0.0.1:\(healthPorts[name] ?? 0)/readyz")
        return answer?.status == 200
    }

    /// A service's metrics, as Prometheus reads them.
    package func metrics(of name: String) async -> String {
        let answer = await HTTP.get("http://127.0.0.1:\(healthPorts[name] ?? 0)/metrics")
        return answer.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
    }

    /// Runs `larder`, as the person whose data folder is named, and waits for its end.
    @discardableResult
    package func larder(
        _ arguments: String..., as person: String? = nil, environment more: [String: String] = [:]
    ) async throws -> CommandResult {
        var environment = environment
        if let person { environment["LARDER_DATA"] = directory.file("data-\(person)").path }
        return try await CommandResult.of(
            Programs.path("larder"), arguments, environment: environment.merging(more) { $1 })
    }
}

/// The programs stand where the tests stand.
package enum Programs {
    package static func path(_ name: String) -> String {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name).path
    }
}
