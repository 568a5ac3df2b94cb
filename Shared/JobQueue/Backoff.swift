/// How long a job waits before it is tried again. Read and written as Bull's `backoff`.
package struct Backoff: Sendable, Hashable {
    package enum Growth: String, Sendable { case fixed, exponential }

    package let growth: Growth
    /// The wait after the first failure.
    package let milliseconds: UInt64
    /// What part of a wait is random, 0 (none) … 1 (all): jobs that failed together do not come back together.
    package let jitter: Double

    /// No wait grows beyond a day.
    package static let millisecondsMax: UInt64 = 86_400_000

    package static let none = Backoff(.fixed, milliseconds: 0)

    package init(_ growth: Growth, milliseconds: UInt64, jitter: Double = 0) {
        self.growth = growth
        self.milliseconds = min(milliseconds, Self.millisecondsMax)
        self.jitter = jitter.isFinite ? min(max(jitter, 0), 1) : 0
    }

    /// The wait after a job has failed for the `attempt`th time, counted from 1; `chance` is in 0 ..< 1.
    package func wait(afterAttempt attempt: Int, chance: Double) -> UInt64 {
        let doublings = growth == .exponential ? min(max(attempt - 1, 0), 40) : 0
        let whole = Double(min(milliseconds << UInt64(doublings), Self.millisecondsMax))
        return UInt64(whole * (1 - jitter) + whole * jitter * min(max(chance, 0), 1))
    }
}

extension Backoff {
    var json: String? {
        guard milliseconds > 0 else { return nil }
        let kind = "\"type\":\"\(growth.rawValue)\",\"delay\":\(milliseconds)"
        return jitter > 0 ? "{\(kind),\"jitter\":\(jitter)}" : "{\(kind)}"
    }

    /// `{type, delay, jitter}`, or a number: a fixed wait. A kind that only its own client knows is taken as fixed.
    init(json: LooseJSON?) {
        let wait = json?["delay"] ?? json
        self.init(
            json?["type"]?.text.flatMap(Growth.init) ?? .fixed, milliseconds: wait?.count ?? 0,
            jitter: json?["jitter"]?.number ?? 0)
    }
}
