import ListCRDT
package import Redis

/// The sole right, for a while, to register a name. See the README for what it is not.
package struct UsernameClaim: Hashable, Sendable {
    package let username: Username
    fileprivate let token: String
}

package enum UsernameClaimError: Error, Equatable, Sendable {
    /// Someone else is registering this name at this moment.
    case held
    /// Redis does not answer. If it had been granted, it runs out by itself.
    case unavailable(RedisError)
}

/// Lets one registration of a name happen at a time: claim, look whether the account exists, write it, release.
package struct UsernameClaims: Sendable {
    /// Longer than a registration takes; a claim whose holder died runs out then.
    package static let lifetime = Duration.seconds(20)

    private let redis: RedisClient

    package init(redis: RedisClient) {
        self.redis = redis
    }

    package func claim(_ username: Username) async throws(UsernameClaimError) -> UsernameClaim {
        let claim = UsernameClaim(username: username, token: Identifier.secureRandom().hex)
        let reply: RedisValue
        do {
            reply = try await redis.send(
                RedisCommand(
                    "SET", .string(Self.key(username)), .string(claim.token), "NX",
                    "PX", .int(Self.lifetime.components.seconds * 1000)))
        } catch {
            throw .unavailable(error)
        }
        guard !reply.isNull else { throw .held }
        return claim
    }

    /// Leaves a claim of someone else, made after this one ran out, as it is.
    package func release(_ claim: UsernameClaim) async throws(UsernameClaimError) {
        do {
            _ = try await redis.run(
                Self.releaseScript, keys: [Self.key(claim.username)], arguments: [.string(claim.token)])
        } catch {
            throw .unavailable(error)
        }
    }

    private static func key(_ username: Username) -> String { "larder:claim:username:\(username.text)" }

    private static let releaseScript = RedisScript(
        "claim-release",
        source: """
            -- Guarantees: only the claim that was made with this token is taken away.
            if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
            return 0
            """)
}
