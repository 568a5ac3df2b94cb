import Logging
import Synchronization

/// Why an exchange ended: the server refused and the connection stands, or the connection was lost.
enum ExchangeFailure: Error {
    case refused(PostgresError)
    case lost(Loss)
}

/// Opening a connection, and what happens when it is lost.
extension PostgresConnection {
    /// Runs `body`, which blocks this connection's thread, and has a cancellation of the task end its waits.
    func interruptibly<R: Sendable>(
        _ body: () throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        let interrupt = interrupt
        let operation = interrupt.newOperation()
        let outcome = await withTaskCancellationHandler {
            // A method of this actor, so that it runs here: a closure that does not name `self` would run, and
            // block, on the cooperative pool.
            self.outcome(of: operation, body)
        } onCancel: {
            interrupt.raise(for: operation)
        }
        return try outcome.get()
    }

    private func outcome<R: Sendable>(
        of operation: UInt64, _ body: () throws(PostgresError) -> R
    ) -> Result<R, PostgresError> {
        interrupt.begin(operation)
        defer { interrupt.end() }
        return Result(catching: body)
    }

    /// Carries out one exchange on an open connection, and closes that when it is lost.
    func exchange<R>(
        _ body: (borrowing ConnectionHandle) throws(ExchangeFailure) -> R
    ) throws(PostgresError) -> R {
        try openIfNeeded()
        guard !interrupt.isRaised else { throw .unavailable("the task was cancelled before anything was sent") }
        do {
            return try use(body)
        } catch {
            throw settle(error)
        }
    }

    private func use<R>(
        _ body: (borrowing ConnectionHandle) throws(ExchangeFailure) -> R
    ) throws(ExchangeFailure) -> R {
        switch handle {
        case .some(let connection):
            connection.watchForInterrupt()
            defer { transactionIsOpen.store(connection.isInTransaction, ordering: .releasing) }
            return try body(connection)
        case .none:
            throw .lost(.broken("the connection is closed"))
        }
    }

    private func settle(_ failure: ExchangeFailure) -> PostgresError {
        switch failure {
        case .refused(let error):
            // The server forgot what was prepared (26000), or a table changed under it (0A000): prepare anew next time.
            if ["26000", "0A000"].contains(error.sqlState) { statements.forgetAll() }
            return error
        case .lost(let loss):
            close()
            let about: Logger.Metadata = ["address": "\(configuration.address)", "reason": "\(loss.reason)"]
            logger.warning("postgres connection lost while in use", metadata: about)
            return .indefinite("\(configuration.address): \(loss.reason)")
        }
    }

    private func openIfNeeded() throws(PostgresError) {
        let wasInTransaction = isInTransaction
        if let isAlive = handle?.isAliveWhileIdle() {
            if isAlive { return }
            close()
            logger.info("postgres connection lost while idle", metadata: ["address": "\(configuration.address)"])
        }
        if wasInTransaction {
            throw .unavailable("\(configuration.address): lost inside a transaction, which was rolled back")
        }
        let deadline = ContinuousClock.now + configuration.reconnectTimeout
        var pause = Duration.milliseconds(20)
        while let loss = open() {
            let now = ContinuousClock.now
            guard !interrupt.isRaised, now < deadline else {
                throw .unavailable("\(configuration.address): \(loss.reason)")
            }
            // Between half and all of the pause, so that many connections do not come back in step.
            interrupt.sleep(for: min(deadline - now, pause * Double.random(in: 0.5...1)))
            pause = min(pause * 2, .seconds(1))
        }
    }

    private func open() -> Loss? {
        do {
            let opened = try ConnectionHandle(configuration, interrupt: interrupt)
            try opened.finishConnecting(until: .now + configuration.connectTimeout)
            handle = consume opened
            return nil
        } catch {
            return error
        }
    }
}
