/// Pauses between attempts to connect: doubling, with jitter, so that many clients do not come back at one moment.
struct Backoff {
    private let limits: RedisLimits
    private var failures = 0

    init(limits: RedisLimits) {
        self.limits = limits
    }

    mutating func reset() { failures = 0 }

    mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        let full = min(limits.pauseMax, limits.pauseMin * (1 << min(failures, 20)))
        failures += 1
        return full * Double.random(in: 0.5...1, using: &random)
    }
}
