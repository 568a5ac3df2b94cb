package import Logging
import ServiceLifecycle
import Synchronization

/// Lends a fixed number of connections, each opened when first needed.
///
/// `run()` looks after idle connections, and at graceful shutdown waits for what is lent and closes all. Lending works
/// without it too.
package final class PostgresPool: Service {
    package static let waitingMax = 4_096
    private static let checkInterval = Duration.seconds(5)

    package struct Status: Sendable, Equatable {
        package let idle: Int
        package let leased: Int
        package let waiting: Int
        /// Why the server could not be reached when last tried; nil when it could.
        package let failure: String?
    }

    private typealias Waiter = CheckedContinuation<Result<PostgresConnection, PostgresError>, Never>

    private let size: Int
    private let acquireTimeout: Duration
    private let logger: Logger
    private let state: Mutex<PoolState<PostgresConnection, Waiter>>
    private let serial = Atomic<UInt64>(0)

    /// - Parameter acquireTimeout: how long a caller waits while all connections are lent.
    package init(
        _ configuration: PostgresConfiguration, size: Int = 4, acquireTimeout: Duration = .seconds(5), logger: Logger
    ) {
        self.size = max(1, size)
        self.acquireTimeout = acquireTimeout
        self.logger = logger
        let connections = (0..<self.size).map { _ in PostgresConnection(configuration, logger: logger) }
        state = Mutex(PoolState(connections, waitingMax: Self.waitingMax))
    }

    package var status: Status {
        state.withLock {
            Status(idle: $0.idle.count, leased: $0.leased, waiting: $0.waiting.count, failure: $0.failure)
        }
    }

    /// Lends a connection for the time of `body`. A transaction that `body` leaves open is rolled back.
    ///
    /// Throws `.unavailable` when none came free in time, and what `body` throws.
    package func withConnection<R: Sendable>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        let connection = try await acquire()
        do {
            let result = try await body(connection)
            await release(connection, failure: nil)
            return result
        } catch {
            await release(connection, failure: error as? PostgresError)
            throw error
        }
    }

    /// One pipeline on whichever connection is free: one transaction, one round trip.
    package func pipeline(
        _ steps: [(Statement, [PostgresParameter])]
    ) async throws(PostgresError) -> [PostgresResult] {
        let connection = try await acquire()
        do {
            let results = try await connection.pipeline(steps)
            await release(connection, failure: nil)
            return results
        } catch {
            await release(connection, failure: error)
            throw error
        }
    }

    package func query(
        _ statement: Statement, _ parameters: PostgresParameter...
    ) async throws(PostgresError) -> PostgresResult {
        let results = try await pipeline([(statement, parameters)])
        guard let result = results.first else { throw .indefinite("the server sent no result") }
        return result
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await Task.sleep(for: Self.checkInterval)
                    await self.checkIdle()
                }
            }
        } catch is CancellationError {}
        await drain()
    }

    /// Asks the server for a sign of life if a connection is idle, so that `status` is true without traffic too.
    private func checkIdle() async {
        guard let connection = state.withLock({ $0.takeIdle() }) else { return }
        do {
            _ = try await connection.query(Statement("pool.check", "SELECT 1"))
            await release(connection, failure: nil)
        } catch {
            await release(connection, failure: error)
        }
    }

    /// Refuses new callers, serves those that wait, and closes each connection as it comes back.
    private func drain() async {
        state.withLock { $0.isClosed = true }
        for _ in 0..<size {
            guard let connection = try? await waitInLine() else { return }
            await connection.close()
        }
    }
}

// MARK: - Lending
extension PostgresPool {
    private func acquire() async throws(PostgresError) -> PostgresConnection {
        switch state.withLock({ $0.acquire() }) {
        case .lease(let connection): return connection
        case .refuse(let reason): throw .unavailable(reason)
        case .wait: return try await waitInLine()
        }
    }

    private func waitInLine() async throws(PostgresError) -> PostgresConnection {
        let id = serial.wrappingAdd(1, ordering: .relaxed).newValue
        async let _ = expire(id)  // cancelled when this returns
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let ready: Result<PostgresConnection, PostgresError>? = state.withLock { state in
                    if Task.isCancelled { return .failure(.unavailable("the task was cancelled")) }
                    if let connection = state.takeIdle() { return .success(connection) }
                    state.wait(id, waiter)
                    return nil
                }
                if let ready { waiter.resume(returning: ready) }
            }
        } onCancel: {
            giveUp(id, "the task was cancelled")
        }
        return try outcome.get()
    }

    private func expire(_ id: UInt64) async {
        guard (try? await Task.sleep(for: acquireTimeout)) != nil else { return }
        giveUp(id, "all \(size) connections were in use for \(acquireTimeout)")
    }

    private func giveUp(_ id: UInt64, _ reason: String) {
        state.withLock { $0.giveUp(id) }?.resume(returning: .failure(.unavailable(reason)))
    }

    private func release(_ connection: PostgresConnection, failure: PostgresError?) async {
        if connection.isInTransaction { await connection.leaveTransaction() }
        let (waiter, changed) = state.withLock { state in
            let before = state.failure
            switch failure {
            case .unavailable(let reason), .indefinite(let reason): state.failure = reason
            case .server, .misuse, nil: state.failure = nil
            }
            return (state.release(connection), (before == nil) != (state.failure == nil))
        }
        waiter?.resume(returning: .success(connection))
        if changed { report() }
    }

    private func report() {
        if let failure = status.failure {
            logger.warning("postgres cannot be reached", metadata: ["reason": "\(failure)"])
        } else {
            logger.info("postgres is reached again")
        }
    }
}
