import Crypto
package import ListCRDT
package import Redis

/// What a refresh token proved.
package struct Session: Hashable, Sendable {
    package let family: Identifier
    package let user: UserID
    package let username: String
    /// For the client, which presents it once.
    package let refreshToken: String
}

package enum SessionError: Error, Equatable, Sendable {
    /// There is no such session, or no more: log in. Also what a token that was never ours is answered.
    case ended
    /// A token came that is not the valid one of its session; the session has been ended. Log in, and look into it.
    case reused
    /// Redis does not answer. The token may have been used up if `mayHaveHappened`.
    case unavailable(RedisError)
}

/// Log-ins that last: a family of refresh tokens, each of which is valid once and is replaced by the next.
package struct Sessions: Sendable {
    /// Counted from the last use.
    package static let lifetime = Duration.seconds(30 * 24 * 3600)

    private let redis: RedisClient

    package init(redis: RedisClient) {
        self.redis = redis
    }

    package func open(user: UserID, username: String) async throws(SessionError) -> Session {
        let token = RefreshToken.random(family: .secureRandom())
        let key = Self.key(token.family)
        _ = try await run(
            Self.openScript, key,
            [
                .bytes(token.secretHash), .string(user.hex), .string(username), .int(Self.lifetimeMilliseconds),
            ])
        return Session(family: token.family, user: user, username: username, refreshToken: token.text)
    }

    /// Uses up `refreshToken` and returns the session with the next one. Of several who present the same token at
    /// once, one at most gets through, and the others' attempt ends the session.
    package func rotate(_ refreshToken: String) async throws(SessionError) -> Session {
        guard let presented = RefreshToken(refreshToken) else { throw .ended }
        let next = RefreshToken.random(family: presented.family)
        let reply = try await run(
            Self.rotateScript, Self.key(presented.family),
            [.bytes(presented.secretHash), .bytes(next.secretHash), .int(Self.lifetimeMilliseconds)])
        switch reply.array?.first?.string {
        case "rotated":
            guard let elements = reply.array, elements.count == 3,
                let user = elements[1].string.flatMap({ UserID(hex: $0) }), let username = elements[2].string
            else { throw .ended }
            return Session(family: next.family, user: user, username: username, refreshToken: next.text)
        case "reused": throw .reused
        default: throw .ended
        }
    }

    /// Ends the session, if it has not ended before.
    package func end(_ family: Identifier) async throws(SessionError) {
        _ = try await send(RedisCommand("DEL", .string(Self.key(family))))
    }

    /// For connections that outlive an access token. False also after Redis lost its data.
    package func isOpen(_ family: Identifier) async throws(SessionError) -> Bool {
        try await send(RedisCommand("EXISTS", .string(Self.key(family)))).int == 1
    }

    private static let lifetimeMilliseconds = lifetime.components.seconds * 1000

    private static func key(_ family: Identifier) -> String { "larder:session:\(family.hex)" }

    private func send(_ command: RedisCommand) async throws(SessionError) -> RedisValue {
        do {
            return try await redis.send(command)
        } catch {
            throw .unavailable(error)
        }
    }

    private func run(
        _ script: RedisScript, _ key: String, _ arguments: [RedisArgument]
    ) async throws(SessionError) -> RedisValue {
        do {
            return try await redis.run(script, keys: [key], arguments: arguments)
        } catch {
            throw .unavailable(error)
        }
    }
}

extension Sessions {
    private static let openScript = RedisScript(
        "session-open",
        source: """
            -- Guarantees: the session exists with its end set, or not at all.
            redis.call('HSET', KEYS[1], 'secret', ARGV[1], 'user', ARGV[2], 'username', ARGV[3])
            redis.call('PEXPIRE', KEYS[1], ARGV[4])
            return 1
            """)

    private static let rotateScript = RedisScript(
        "session-rotate",
        source: """
            -- Guarantees: one presentation of the valid secret replaces it; any other secret ends the session.
            local session = redis.call('HMGET', KEYS[1], 'secret', 'user', 'username')
            if not session[1] then return {'ended'} end
            if session[1] ~= ARGV[1] then
                redis.call('DEL', KEYS[1])
                return {'reused'}
            end
            redis.call('HSET', KEYS[1], 'secret', ARGV[2])
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            return {'rotated', session[2], session[3]}
            """)
}

/// `<family>.<secret>`: 32 and 64 hex digits.
private struct RefreshToken {
    let family: Identifier
    let secret: [UInt8]

    static func random(family: Identifier) -> RefreshToken {
        RefreshToken(family: family, secret: Identifier.secureRandom().bytes + Identifier.secureRandom().bytes)
    }

    private init(family: Identifier, secret: [UInt8]) {
        self.family = family
        self.secret = secret
    }

    init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 97, digits[32] == UInt8(ascii: "."),
            let family = Identifier(hex: String(decoding: digits[..<32], as: UTF8.self)),
            let left = Identifier(hex: String(decoding: digits[33..<65], as: UTF8.self)),
            let right = Identifier(hex: String(decoding: digits[65...], as: UTF8.self))
        else { return nil }
        self.init(family: family, secret: left.bytes + right.bytes)
    }

    var text: String {
        let halves = [secret.prefix(16), secret.suffix(16)].compactMap { Identifier(bytes: $0)?.hex }
        return "\(family.hex).\(halves.joined())"
    }

    /// What Redis knows: whoever reads it there cannot present it. The secret is random, so a plain hash will do.
    var secretHash: [UInt8] { Array(SHA256.hash(data: secret)) }
}
