/// What went wrong, sorted by what the caller may do about it.
package enum PostgresError: Error, Sendable, Equatable {
    /// Nothing ran: no connection could be had in time, or the task was cancelled before anything was sent.
    case unavailable(String)
    /// The connection was lost, or its deadline passed, while statements were under way: they may have committed.
    case indefinite(String)
    /// The server refused. What it refused, and the transaction around it, was not kept.
    case server(sqlState: String, message: String)
    /// The program or its configuration is wrong; trying again will not help.
    case misuse(String)
}

extension PostgresError {
    /// The server's five-character code, where it was the server that refused.
    package var sqlState: String? {
        if case .server(let sqlState, _) = self { sqlState } else { nil }
    }

    /// Whether the statements may have been committed all the same.
    package var mayHaveHappened: Bool {
        if case .indefinite = self { true } else { false }
    }

    package var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }
    package var isUniqueViolation: Bool { sqlState == "23505" }
    package var isDiskFull: Bool { sqlState == "53100" }
    package var isReadOnly: Bool { sqlState == "25006" }
    package var isStatementTimeout: Bool { sqlState == "57014" }

    /// Whether the same statements may succeed later. After `.indefinite`, only statements that may run twice should be
    /// tried again.
    package var isRetryable: Bool {
        switch self {
        case .unavailable, .indefinite: true
        case .misuse: false
        case .server(let sqlState, _):
            // Rollbacks for concurrency, lack of resources, lock not available, intervention by an operator, read-only
            // standby.
            ["40", "53", "57"].contains(String(sqlState.prefix(2))) || ["55P03", "25006"].contains(sqlState)
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason): "Postgres is unavailable, nothing was done: \(reason)"
        case .indefinite(let reason): "Postgres did not confirm, it may have been done: \(reason)"
        case .server(let sqlState, let message): "Postgres refused (\(sqlState)): \(message)"
        case .misuse(let reason): "Postgres is used wrongly: \(reason)"
        }
    }
}
