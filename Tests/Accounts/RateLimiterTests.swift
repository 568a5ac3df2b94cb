import Accounts
import Redis
import TestSupport
import Testing

@Suite("Rates", .serialized)
struct RateLimiterTests {
    fileprivate static let rule = RateRule(name: "test", burst: 3, interval: .seconds(10))
    fileprivate static let start: UInt64 = 1_700_000_000_000

    @Test("A burst is admitted, then one each interval; the refusal says how long to wait, and is not counted")
    func burst() async throws {
        try await withRedis { redis, _ in
            let limiter = RateLimiter(redis: redis)
            for _ in 0..<3 {
                let refusal = try await limiter.refusal(["ada"], at: 0)
                #expect(refusal == 0)
            }
            for _ in 0..<5 {
                #expect(try await limiter.refusal(["ada"], at: 0) == 10)
            }
            #expect(try await limiter.refusal(["ada"], at: 9_999) == 1)
            #expect(try await limiter.refusal(["ada"], at: 10_000) == 0)
            #expect(try await limiter.refusal(["ada"], at: 10_001) > 0)
            #expect(try await limiter.refusal(["bob"], at: 10_001) == 0, "others are not affected")
        }
    }

    @Test("After a rest the whole burst is there again, and no more")
    func rest() async throws {
        try await withRedis { redis, _ in
            let limiter = RateLimiter(redis: redis)
            for _ in 0..<3 { _ = try await limiter.refusal(["ada"], at: 0) }
            var admitted = 0
            for _ in 0..<10 where try await limiter.refusal(["ada"], at: 3_600_000) == 0 { admitted += 1 }
            #expect(admitted == 3)
        }
    }

    @Test("What is limited by two keys is refused by either, and then counted for neither")
    func together() async throws {
        try await withRedis { redis, _ in
            let limiter = RateLimiter(redis: redis)
            for _ in 0..<3 { _ = try await limiter.refusal(["ada"], at: 0) }
            for _ in 0..<5 { #expect(try await limiter.refusal(["address", "ada"], at: 0) > 0) }
            for _ in 0..<3 { #expect(try await limiter.refusal(["address"], at: 0) == 0) }
        }
    }

    @Test("Of many at once exactly the burst is admitted")
    func concurrency() async throws {
        try await withRedis { redis, _ in
            let limiter = RateLimiter(redis: redis)
            let admitted = await concurrently(30) { _ in try? await limiter.refusal(["ada"], at: 0) }
            #expect(admitted.count { $0 == 0 } == 3)
        }
    }

    @Test("A clock that was an hour ahead shuts no one out for longer than an empty bucket does")
    func skew() async throws {
        try await withRedis { redis, _ in
            let limiter = RateLimiter(redis: redis)
            _ = try await limiter.refusal(["ada"], at: 3_600_000)
            #expect(try await limiter.refusal(["ada"], at: 0) == 10)
        }
    }

    @Test("Counters vanish by themselves, and a long key takes no more room than a short one")
    func stored() async throws {
        try await withRedis { redis, _ in
            let limiter = RateLimiter(redis: redis)
            _ = try await limiter.refusal([String(repeating: "x", count: 10_000)], at: 0)
            let keys = try #require(try await redis.send(RedisCommand("KEYS", "larder:limit:test:*")).array)
            let key = try #require(keys.first?.string)
            #expect(key.utf8.count < 100)
            let left = try await redis.send(RedisCommand("PTTL", .string(key))).int ?? 0
            #expect((1...10_000).contains(left))
        }
    }

    @Test("Without Redis nothing is admitted, and the error says that trying again may help")
    func unavailable() async throws {
        try await withRedis { redis, server in
            try await server.kill()
            let error = await #expect(throws: RateLimitError.self) {
                try await RateLimiter(redis: redis).admit([(Self.rule, "ada")], now: Self.start)
            }
            guard case .unavailable = error else { return #expect(Bool(false), "\(String(describing: error))") }
        }
    }
}

extension RateLimiter {
    /// For how many seconds one use of each key is refused, so long after ``RateLimiterTests/start``; 0: it was admitted.
    fileprivate func refusal(_ keys: [String], at milliseconds: UInt64) async throws -> Int {
        do {
            try await admit(keys.map { (RateLimiterTests.rule, $0) }, now: RateLimiterTests.start + milliseconds)
            return 0
        } catch {
            guard case .limited(let seconds) = error else { throw error }
            return seconds
        }
    }
}

@Suite("Claims on user names", .serialized)
struct UsernameClaimTests {
    @Test("Of many who claim a name at once exactly one gets it; another name is free")
    func exclusive() async throws {
        try await withRedis { redis, _ in
            let claims = UsernameClaims(redis: redis)
            let ada = try Username("ada")
            let winners = await concurrently(30) { _ in try? await claims.claim(ada) }.compactMap(\.self)
            #expect(winners.count == 1)
            await #expect(throws: UsernameClaimError.held) { try await claims.claim(ada) }
            _ = try await claims.claim(Username("bob"))
        }
    }

    @Test("A released name can be claimed; a claim that ran out does not release its successor's")
    func release() async throws {
        try await withRedis { redis, _ in
            let claims = UsernameClaims(redis: redis)
            let ada = try Username("ada")
            let first = try await claims.claim(ada)
            _ = try await redis.send(RedisCommand("DEL", "larder:claim:username:ada"))
            let second = try await claims.claim(ada)
            try await claims.release(first)
            await #expect(throws: UsernameClaimError.held) { try await claims.claim(ada) }
            try await claims.release(second)
            _ = try await claims.claim(ada)
        }
    }

    @Test("A claim whose holder died runs out")
    func lifetime() async throws {
        try await withRedis { redis, _ in
            _ = try await UsernameClaims(redis: redis).claim(Username("ada"))
            let left = try await redis.send(RedisCommand("PTTL", "larder:claim:username:ada")).int ?? 0
            #expect((1...20_000).contains(left))
        }
    }
}
