package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// The way to one Redis: a connection that all callers share, and lanes of their own for those that block.
///
/// Connections are kept while `run()` runs, and open again by themselves. What is sent before waits as if disconnected.
package final class RedisClient: Service {
    private struct Lanes {
        enum Phase { case before, running, stopped }
        var phase = Phase.before
        var connections: [ObjectIdentifier: KeptConnection] = [:]
    }

    private let configuration: RedisConfiguration
    private let name: String
    private let logger: Logger
    private let shared: KeptConnection
    private let lanes = Mutex(Lanes())

    /// `name` is what `CLIENT LIST` shows; what it does not allow there becomes `_`.
    package init(_ configuration: RedisConfiguration, name: String, logger: Logger) {
        self.configuration = configuration
        self.name = name
        self.logger = logger
        shared = KeptConnection(configuration, name: name, dropsWhenCancelled: false, logger: logger)
    }

    /// Returns after a graceful shutdown when what was in hand is answered (at most `drainMax`); when cancelled, at once.
    package func run() async throws {
        let early = lanes.withLock { lanes in
            lanes.phase = .running
            return Array(lanes.connections.values)
        }
        for connection in [shared] + early { connection.start() }
        let graceful = (try? await gracefulShutdown()) != nil
        let all = lanes.withLock { lanes in
            defer { lanes.connections = [:] }
            lanes.phase = .stopped
            return Array(lanes.connections.values)
        }
        for lane in all { await lane.stop(drainMax: .zero) }
        await shared.stop(drainMax: graceful ? configuration.limits.drainMax : .zero)
    }

    /// Runs the client as long as `body` runs: for programs that do one thing.
    package func whileRunning<Output: Sendable>(
        _ body: @Sendable () async throws -> Output
    ) async throws -> Output {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// What keeps the shared connection from serving now, in words; nil when it serves.
    package var trouble: String? { shared.trouble }

    /// Throws what the server answered as an error.
    package nonisolated(nonsending) func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await shared.perform(shared.makeRequest(.one(command), answerMax: configuration.limits.answerMax)).get()
    }

    /// One write, and the replies in the commands' order. Errors of the server stand among them as `.error`.
    package nonisolated(nonsending) func pipeline(
        _ commands: [RedisCommand]
    ) async throws(RedisError) -> [RedisValue] {
        if commands.isEmpty { return [] }
        let request = shared.makeRequest(.many(commands), answerMax: configuration.limits.answerMax)
        return try await shared.perform(request).get().array ?? []
    }

    /// A connection for commands that block, or that others must not wait behind. It closes when the lane is released.
    /// `clientName` stands in `CLIENT LIST`; nil: both names together.
    package func lane(named laneName: String, clientName: String? = nil) -> RedisLane {
        let connection = KeptConnection(
            configuration, name: clientName ?? "\(name):\(laneName)", dropsWhenCancelled: true, logger: logger)
        let phase = lanes.withLock { lanes in
            if lanes.phase != .stopped { lanes.connections[ObjectIdentifier(connection)] = connection }
            return lanes.phase
        }
        if phase == .running { connection.start() }
        if phase == .stopped { connection.close() }
        return RedisLane(connection, client: self, answerMax: configuration.limits.answerMax)
    }

    func release(_ connection: KeptConnection) {
        let known = lanes.withLock { $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
        if known != nil { connection.close() }
    }
}
