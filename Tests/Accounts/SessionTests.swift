import Accounts
import ListCRDT
import Redis
import TestSupport
import Testing

@Suite("Sessions", .serialized)
struct SessionTests {
    private static let user = Identifier(high: 7, low: 7)

    @Test("A refresh token is used up by its use, and the next one says whose session it is")
    func rotation() async throws {
        try await withRedis { redis, _ in
            let sessions = Sessions(redis: redis)
            var session = try await sessions.open(user: Self.user, username: "ada")
            for _ in 0..<5 {
                let next = try await sessions.rotate(session.refreshToken)
                #expect(next.family == session.family && next.user == Self.user && next.username == "ada")
                #expect(next.refreshToken != session.refreshToken)
                session = next
            }
            #expect(try await sessions.isOpen(session.family))
        }
    }

    @Test("Use of an old token ends the session, the newest token included")
    func reuse() async throws {
        try await withRedis { redis, _ in
            let sessions = Sessions(redis: redis)
            let first = try await sessions.open(user: Self.user, username: "ada")
            let other = try await sessions.open(user: Self.user, username: "ada")
            let second = try await sessions.rotate(first.refreshToken)
            await #expect(throws: SessionError.reused) { try await sessions.rotate(first.refreshToken) }
            await #expect(throws: SessionError.ended) { try await sessions.rotate(second.refreshToken) }
            #expect(try await !sessions.isOpen(first.family))
            _ = try await sessions.rotate(other.refreshToken)
        }
    }

    @Test("Of many who present one token at once exactly one gets through, and the session has ended")
    func concurrentRotation() async throws {
        try await withRedis { redis, _ in
            let sessions = Sessions(redis: redis)
            let session = try await sessions.open(user: Self.user, username: "ada")
            let winners = await concurrently(20) { _ in try? await sessions.rotate(session.refreshToken) }
                .compactMap(\.self)
            #expect(winners.count == 1)
            await #expect(throws: SessionError.ended) {
                try await sessions.rotate(try #require(winners.first).refreshToken)
            }
        }
    }

    @Test("After logging out the refresh token is worth nothing")
    func end() async throws {
        try await withRedis { redis, _ in
            let sessions = Sessions(redis: redis)
            let session = try await sessions.open(user: Self.user, username: "ada")
            try await sessions.end(session.family)
            try await sessions.end(session.family)
            await #expect(throws: SessionError.ended) { try await sessions.rotate(session.refreshToken) }
        }
    }

    @Test("Redis holds no secret, and forgets a session thirty days after its last use")
    func stored() async throws {
        try await withRedis { redis, _ in
            let sessions = Sessions(redis: redis)
            let opened = try await sessions.open(user: Self.user, username: "ada")
            let key = RedisArgument.string("larder:session:\(opened.family.hex)")
            _ = try await redis.send(RedisCommand("PEXPIRE", key, 5_000))
            let session = try await sessions.rotate(opened.refreshToken)
            let left = try await redis.send(RedisCommand("TTL", key)).int ?? 0
            #expect((30 * 86_400 - 60...30 * 86_400).contains(left))
            let secret = session.refreshToken.dropFirst(33)
            #expect(try await redis.send(RedisCommand("HGET", key, "secret")).bytes?.count == 32)
            let bytes = try #require(try await redis.send(RedisCommand("HGET", key, "secret")).bytes)
            #expect(!secret.contains(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()))
        }
    }

    @Test("What was never a token of ours ends nothing")
    func nonsense() async throws {
        try await withRedis { redis, _ in
            let sessions = Sessions(redis: redis)
            let session = try await sessions.open(user: Self.user, username: "ada")
            for text in ["", session.family.hex, "\(session.family.hex).", session.refreshToken.uppercased() + "0"] {
                await #expect(throws: SessionError.ended) { try await sessions.rotate(text) }
            }
            _ = try await sessions.rotate(session.refreshToken)
        }
    }

    @Test("A Redis that lost its data has no sessions; one that is gone is unavailable, not a refusal")
    func lost() async throws {
        try await withRedis { redis, server in
            let sessions = Sessions(redis: redis)
            let session = try await sessions.open(user: Self.user, username: "ada")
            _ = try await redis.send(RedisCommand("FLUSHALL"))
            await #expect(throws: SessionError.ended) { try await sessions.rotate(session.refreshToken) }
            try await server.kill()
            let error = await #expect(throws: SessionError.self) { try await sessions.rotate(session.refreshToken) }
            guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }
}
