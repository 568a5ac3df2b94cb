import Crypto
package import Redis

/// How often something may be done by one key: `burst` times at once, and once more each `interval`.
package struct RateRule: Hashable, Sendable {
    package let name: String
    package let burst: Int
    /// At least a millisecond.
    package let interval: Duration

    package init(name: String, burst: Int, interval: Duration) {
        self.name = name
        self.burst = max(1, burst)
        self.interval = max(.milliseconds(1), interval)
    }

    /// Ten guesses, then one each half minute.
    package static let loginsPerUsername = RateRule(name: "login-username", burst: 10, interval: .seconds(30))
    /// Many people may share an address.
    package static let loginsPerAddress = RateRule(name: "login-address", burst: 60, interval: .seconds(2))
    package static let registrationsPerAddress = RateRule(name: "register-address", burst: 30, interval: .seconds(20))
}

package enum RateLimitError: Error, Equatable, Sendable {
    /// Not now. At least 1.
    case limited(retryAfterSeconds: Int)
    /// Redis does not answer. What the limit protects is refused then: try again.
    case unavailable(RedisError)
}

/// Counts attempts in Redis, for all gateways together, by the generic cell rate algorithm (ITU-T I.371): one number a
/// key, the time at which its bucket would be full again.
package struct RateLimiter: Sendable {
    /// Longer keys are replaced by their hash.
    private static let keyBytesMax = 64

    private let redis: RedisClient

    package init(redis: RedisClient) {
        self.redis = redis
    }

    /// Returns if all of these may be done now, and counts them; throws if one may not, and counts none.
    package func admit(_ uses: [(rule: RateRule, key: String)], now: UInt64) async throws(RateLimitError) {
        let rules = uses.flatMap { use -> [RedisArgument] in
            [.int(use.rule.interval.milliseconds), .int(Int64(use.rule.burst))]
        }
        let waitMilliseconds: Int64
        do {
            let reply = try await redis.run(
                Self.script, keys: uses.map { Self.key($0.rule, $0.key) },
                arguments: [.int(Int64(clamping: now))] + rules)
            waitMilliseconds = reply.int ?? 0
        } catch {
            throw .unavailable(error)
        }
        guard waitMilliseconds <= 0 else {
            throw .limited(retryAfterSeconds: Int((waitMilliseconds + 999) / 1000))
        }
    }

    private static func key(_ rule: RateRule, _ key: String) -> String {
        guard key.utf8.count > keyBytesMax else { return "larder:limit:\(rule.name):\(key)" }
        let hash = SHA256.hash(data: Array(key.utf8)).prefix(16)
        return "larder:limit:\(rule.name):\(hash.map { String($0, radix: 16) }.joined(separator: "-"))"
    }

    private static let script = RedisScript(
        "rate-admit",
        source: """
            -- Guarantees: all keys are counted, or none is. Returns 0, or the milliseconds to wait.
            -- A key holds the time at which it will have its whole burst again. No clock that is ahead may put it
            -- further away than an empty bucket has it.
            local now = tonumber(ARGV[1])
            local wait, full = 0, {}
            for i, key in ipairs(KEYS) do
                local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
                local at = math.max(now, tonumber(redis.call('GET', key)) or now)
                at = math.min(at, now + interval * burst) + interval
                wait = math.max(wait, at - interval * burst - now)
                full[i] = at
            end
            if wait > 0 then return wait end
            for i, key in ipairs(KEYS) do
                redis.call('SET', key, string.format('%.0f', full[i]), 'PX', string.format('%.0f', full[i] - now))
            end
            return 0
            """)
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
