/// What became of a job, in its worker's words.
package enum JobOutcome: Sendable, Hashable {
    /// Done. The result is JSON text.
    case completed(result: String)
    /// Did not work this time: tried again after its backoff, or after the wait given here, while attempts are left;
    /// then failed.
    case retry(reason: String, afterMilliseconds: UInt64? = nil)
    /// Cannot ever work: no attempts that are left are used.
    case failed(reason: String)

    package static let completed = JobOutcome.completed(result: "null")
}

/// One taking of one job. The same job taken again is another ticket, with another token.
package struct JobTicket: Sendable, Hashable {
    package let id: String
    /// What the job's lock holds.
    package let token: String

    package init(id: String, token: String) {
        self.id = id
        self.token = token
    }
}

/// An outcome as the exchange script is to record it.
package struct JobFinish: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case completed, failed
        /// Failed for having no attempts left.
        case exhausted
        /// Tried again later, or at once behind the others.
        case delayed, waiting
        /// Given back unfinished, in front of the others, with no attempt counted.
        case released
    }

    package let ticket: JobTicket
    package let kind: Kind
    package private(set) var attemptsMade: Int
    /// The result in JSON, or the reason.
    package private(set) var text = ""
    package private(set) var stackTrace = "[]"
    package private(set) var delayMilliseconds: UInt64 = 0
    package private(set) var retention = Retention.all
    package let priority: UInt64

    /// - Parameter chance: 0 ..< 1, for the jitter of its backoff.
    package init(_ job: Job, _ ticket: JobTicket, _ outcome: JobOutcome, chance: Double) {
        let attempt = job.attemptsMade + 1
        switch outcome {
        case .completed(let result):
            self.init(job, ticket, .completed)
            text = result
            retention = job.options.removeOnComplete
        case .retry(let reason, let wait) where attempt < job.options.attempts:
            let wait = wait ?? job.options.backoff.wait(afterAttempt: attempt, chance: chance)
            self.init(job, ticket, wait > 0 ? .delayed : .waiting, reason: reason)
            delayMilliseconds = wait
        case .retry(let reason, _):
            self.init(job, ticket, .exhausted, reason: reason)
        case .failed(let reason):
            self.init(job, ticket, attempt < job.options.attempts ? .failed : .exhausted, reason: reason)
        }
        attemptsMade = attempt
    }

    /// Gives a job back unfinished.
    package init(releasing job: Job, _ ticket: JobTicket) {
        self.init(job, ticket, .released)
    }

    private init(_ job: Job, _ ticket: JobTicket, _ kind: Kind, reason: String? = nil) {
        self.ticket = ticket
        self.kind = kind
        attemptsMade = job.attemptsMade
        priority = job.priority
        guard let reason else { return }
        text = reason
        stackTrace = job.stackTraceJSON(adding: reason)
        retention = job.options.removeOnFail
    }
}
