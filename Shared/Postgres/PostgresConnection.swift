package import Logging
import Synchronization

/// One connection to the server, opened when first used and opened again after it was lost.
///
/// Its calls run one after the other on a thread of its own. Each is bounded in time by the configuration; cancelling
/// the task that waits ends the call at once: `.unavailable` while it connects, `.indefinite` (and the connection
/// closed) once statements were sent.
package actor PostgresConnection {
    package static let stepsMax = 10_000

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let executor: ThreadExecutor
    let configuration: PostgresConfiguration
    let logger: Logger
    let interrupt = Interrupt()
    nonisolated let transactionIsOpen = Atomic(false)
    var handle: ConnectionHandle?
    var statements = PreparedStatements()
    var parameters = ParameterBuffer()

    package init(_ configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        executor = ThreadExecutor(name: "postgres")
    }

    /// Whether a `BEGIN` still waits for its `COMMIT` or `ROLLBACK`. Costs no turn on the connection's thread.
    package nonisolated var isInTransaction: Bool { transactionIsOpen.load(ordering: .acquiring) }

    /// Runs all steps in one round trip and returns their results in order. At most `stepsMax` steps.
    ///
    /// Without `BEGIN` among them the steps are one transaction, committed when this returns. When one is refused, the
    /// rest is skipped, its error is thrown, and the connection stays usable; a transaction opened by `BEGIN` then
    /// still waits for `ROLLBACK`.
    package func pipeline(
        _ steps: [(Statement, [PostgresParameter])]
    ) async throws(PostgresError) -> [PostgresResult] {
        guard !steps.isEmpty else { return [] }
        guard steps.count <= Self.stepsMax else {
            throw .misuse("\(steps.count) steps in one pipeline; the most is \(Self.stepsMax)")
        }
        return try await interruptibly { () throws(PostgresError) in
            let deadline = self.deadline(after: self.configuration.statementTimeout)
            return try self.exchange { connection throws(ExchangeFailure) in
                try self.carryOut(steps, on: connection, until: deadline)
            }
        }
    }

    /// A pipeline of one step.
    package func query(
        _ statement: Statement, _ parameters: PostgresParameter...
    ) async throws(PostgresError) -> PostgresResult {
        let results = try await pipeline([(statement, parameters)])
        guard let result = results.first else { throw .indefinite("the server sent no result") }
        return result
    }

    /// Runs SQL text of one or more statements without parameters, and drops what it returns. For migrations and
    /// `BEGIN`, `ROLLBACK`.
    /// - Parameter timeout: instead of the configuration's; the server's own limit a statement is `statement_timeout`.
    package func execute(_ sql: String, timeout: Duration? = nil) async throws(PostgresError) {
        try await interruptibly { () throws(PostgresError) in
            let deadline = self.deadline(after: timeout ?? self.configuration.statementTimeout)
            try self.exchange { connection throws(ExchangeFailure) in
                try self.executeSimply(sql, on: connection, until: deadline)
            }
        }
    }

    /// Closes the connection; the next call opens it again. An open transaction is rolled back by the server.
    package func close() {
        handle = nil
        statements.forgetAll()
        transactionIsOpen.store(false, ordering: .releasing)
    }

    /// Rolls back what was begun and not ended; where the server does not confirm that, closes the connection, which
    /// does it too.
    package func leaveTransaction() async {
        guard isInTransaction else { return }
        do { try await execute("ROLLBACK") } catch { close() }
    }

    private func deadline(after timeout: Duration) -> ContinuousClock.Instant {
        .now + timeout + PostgresConfiguration.answerGrace
    }
}
