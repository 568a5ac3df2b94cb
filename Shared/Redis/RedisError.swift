/// What became of a command that was not answered as hoped, by what the caller may do next.
package enum RedisError: Error, Sendable, Equatable {
    /// Definite: it was never written, nothing happened. Trying again is harmless.
    case notSent(String)
    /// It was written and no answer came: it may have happened. Repeat only what may happen twice.
    case indefinite(String)
    /// The server's answer was an error, code first: `WRONGTYPE …`. The fault is the command's.
    case server(String)
    /// The server does not let this program in (user, password, database). Nothing happened; a person must act.
    case refused(String)
    /// The client was stopped; nothing happened, and nothing will through this client.
    case closed
}

extension RedisError {
    package var mayHaveHappened: Bool {
        if case .indefinite = self { true } else { false }
    }

    /// The code of a server's error: `NOSCRIPT`, `WRONGTYPE`.
    package var code: String? {
        if case .server(let message) = self { message.redisErrorCode } else { nil }
    }
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSent(let why): "not sent to Redis: \(why)"
        case .indefinite(let why): "sent to Redis, but not answered: \(why)"
        case .server(let message): "Redis answered: \(message)"
        case .refused(let why): "Redis refuses this program: \(why)"
        case .closed: "the Redis client was stopped"
        }
    }
}

extension String {
    var redisErrorCode: String { String(prefix { $0 != " " }) }
}
