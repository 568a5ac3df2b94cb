/// Sending statements and receiving what became of them.
extension PostgresConnection {
    func carryOut(
        _ steps: [(Statement, [PostgresParameter])], on connection: borrowing ConnectionHandle,
        until deadline: ContinuousClock.Instant
    ) throws(ExchangeFailure) -> [PostgresResult] {
        defer { statements.forgetUnconfirmed() }
        let plan: [PreparedStatements.Resolution]
        do { plan = try resolve(steps) } catch { throw .refused(error) }
        do {
            try send(steps, plan, on: connection)
            return try receive(plan, on: connection, until: deadline).get()
        } catch let loss as Loss {
            throw .lost(loss)
        } catch let error as PostgresError {
            throw .refused(error)
        } catch {
            throw .lost(.broken("\(error)"))
        }
    }

    /// Checks every step before any is sent, so that a misuse leaves nothing half done.
    private func resolve(
        _ steps: [(Statement, [PostgresParameter])]
    ) throws(PostgresError) -> [PreparedStatements.Resolution] {
        var plan: [PreparedStatements.Resolution] = []
        plan.reserveCapacity(steps.count)
        for (statement, values) in steps {
            try ParameterBuffer.check(values)
            plan.append(try statements.resolve(statement, values))
        }
        return plan
    }

    private func send(
        _ steps: [(Statement, [PostgresParameter])], _ plan: [PreparedStatements.Resolution],
        on connection: borrowing ConnectionHandle
    ) throws(Loss) {
        for (index, (statement, values)) in steps.enumerated() {
            let serverName: String
            switch plan[index] {
            case .prepared(let name):
                serverName = name
            case .prepare(let name, let types):
                serverName = name
                try connection.prepare(name, statement.sql, types: types)
            }
            parameters.fill(values)
            try connection.execute(serverName, &parameters)
        }
        try connection.sync()
    }

    /// Reads through to the end of the pipeline, whatever happened on the way, so that the connection can be used
    /// again.
    private func receive(
        _ plan: [PreparedStatements.Resolution], on connection: borrowing ConnectionHandle,
        until deadline: ContinuousClock.Instant
    ) throws(Loss) -> Result<[PostgresResult], PostgresError> {
        var results: [PostgresResult] = []
        results.reserveCapacity(plan.count)
        var failure: PostgresError?
        for resolution in plan {
            if case .prepare(let serverName, _) = resolution {
                let prepared = try connection.nextOutcome(until: deadline, failure: &failure)
                if prepared != nil { statements.confirm(serverName: serverName) }
            }
            if let result = try connection.nextOutcome(until: deadline, failure: &failure) { results.append(result) }
        }
        try connection.finishSync(until: deadline, failure: &failure)
        if let failure { return .failure(failure) }
        guard results.count == plan.count else { throw .broken("\(results.count) results for \(plan.count) steps") }
        return .success(results)
    }

    func executeSimply(
        _ sql: String, on connection: borrowing ConnectionHandle, until deadline: ContinuousClock.Instant
    ) throws(ExchangeFailure) {
        var failure: PostgresError?
        do {
            try connection.beginSimple(sql)
            _ = try connection.nextOutcome(until: deadline, failure: &failure)
            try connection.endSimple()
        } catch {
            throw .lost(error)
        }
        if let failure { throw .refused(failure) }
    }
}

extension ConnectionHandle {
    /// Reads one statement's results (for SQL text: those of all its statements) and returns the last, unless it was
    /// refused or skipped. `failure` takes the first refusal.
    fileprivate func nextOutcome(
        until deadline: ContinuousClock.Instant, failure: inout PostgresError?
    ) throws(Loss) -> PostgresResult? {
        var outcome: PostgresResult?
        while let result = try nextResult(until: deadline) {
            guard !result.isCopy else { throw .broken("COPY cannot be used here") }
            if let refusal = result.failure {
                failure = failure ?? refusal
            } else if !result.isSkipped {
                outcome = result.copied()
            }
        }
        return outcome
    }

    /// Reads to the end of a pipeline. A commit that is refused (a deferred constraint, a full disk) is only told here.
    fileprivate func finishSync(
        until deadline: ContinuousClock.Instant, failure: inout PostgresError?
    ) throws(Loss) {
        var blanks = 0
        while blanks < 3 {
            guard let result = try nextResult(until: deadline) else {
                blanks += 1
                continue
            }
            if result.isSync { return }
            failure = failure ?? result.failure
        }
        throw .broken("the pipeline did not end")
    }
}
