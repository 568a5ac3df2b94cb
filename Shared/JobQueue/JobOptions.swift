/// How a job is tried, and how long it is remembered. Written to its hash as Bull's `opts`.
package struct JobOptions: Sendable, Hashable {
    /// How often it may be tried in all, at least 1.
    package var attempts: Int
    package var backoff: Backoff
    /// How long after being added it may first be taken.
    package var delayMilliseconds: UInt64
    package var removeOnComplete: Retention
    package var removeOnFail: Retention
    /// How many lines of its stack trace are kept: one an attempt, the newest last.
    package var stackTraceLimit: Int

    package init(
        attempts: Int = 1, backoff: Backoff = .none, delayMilliseconds: UInt64 = 0,
        removeOnComplete: Retention = .all, removeOnFail: Retention = .all, stackTraceLimit: Int = 10
    ) {
        self.attempts = max(attempts, 1)
        self.backoff = backoff
        self.delayMilliseconds = delayMilliseconds
        self.removeOnComplete = removeOnComplete
        self.removeOnFail = removeOnFail
        self.stackTraceLimit = stackTraceLimit
    }
}

/// Which finished jobs are kept for people to look at.
package struct Retention: Sendable, Hashable {
    /// How many of the queue's, the newest; `nil`: any number.
    package let count: Int?
    /// How old; `nil`: any age.
    package let seconds: Int?

    package init(count: Int? = nil, seconds: Int? = nil) {
        self.count = count.map { max($0, 0) }
        self.seconds = seconds.map { max($0, 0) }
    }

    package static let all = Retention()
    package static let none = Retention(count: 0)
    package static func newest(_ count: Int) -> Retention { Retention(count: count) }
}

extension JobOptions {
    /// Bull's `opts`; what an option's default says already is left out.
    package var json: String {
        var members = ["\"attempts\":\(attempts)"]
        if delayMilliseconds > 0 { members.append("\"delay\":\(delayMilliseconds)") }
        if let backoff = backoff.json { members.append("\"backoff\":\(backoff)") }
        if let keep = removeOnComplete.json { members.append("\"removeOnComplete\":\(keep)") }
        if let keep = removeOnFail.json { members.append("\"removeOnFail\":\(keep)") }
        if stackTraceLimit != 10 { members.append("\"stackTraceLimit\":\(stackTraceLimit)") }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Reads the `opts` of any client. What is absent or not understood has its default.
    package init(json: String) {
        let options = LooseJSON(json)
        self.init(
            attempts: Int(options["attempts"]?.count ?? 1),
            backoff: Backoff(json: options["backoff"]),
            delayMilliseconds: options["delay"]?.count ?? 0,
            removeOnComplete: Retention(json: options["removeOnComplete"]),
            removeOnFail: Retention(json: options["removeOnFail"]),
            stackTraceLimit: Int(options["stackTraceLimit"]?.count ?? 10))
    }
}

extension Retention {
    fileprivate var json: String? {
        if count == 0 { return "true" }
        let members = [count.map { "\"count\":\($0)" }, seconds.map { "\"age\":\($0)" }].compactMap { $0 }
        return members.isEmpty ? nil : "{" + members.joined(separator: ",") + "}"
    }

    /// `true`, `false`, a number of jobs, or `{count, age}`.
    fileprivate init(json: LooseJSON?) {
        switch json {
        case .flag(true): self = .none
        case .number: self.init(count: json?.count.map { Int($0) })
        default: self.init(count: json?["count"]?.count.map { Int($0) }, seconds: json?["age"]?.count.map { Int($0) })
        }
    }
}
