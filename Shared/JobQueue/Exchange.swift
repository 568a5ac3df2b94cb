/// One call of the exchange script: outcomes in, jobs out.
package struct Exchange: Sendable, Hashable {
    package let finishes: [JobFinish]
    package let take: Int
    package let token: String
    /// An earlier call with this token got no answer.
    package let isRepeated: Bool

    package init(finishes: [JobFinish], take: Int, token: String, isRepeated: Bool = false) {
        self.finishes = finishes
        self.take = take
        self.token = token
        self.isRepeated = isRepeated
    }
}

package struct ExchangeReply: Sendable {
    /// For each outcome handed in, whether it counts: whether the job was still ours.
    package let recorded: [Bool]
    package let jobs: [Job]
    /// More jobs wait.
    package let more: Bool
    /// When none waits: how long until the next delayed one is due.
    package let dueInMilliseconds: UInt64?

    package init(recorded: [Bool] = [], jobs: [Job] = [], more: Bool = false, dueInMilliseconds: UInt64? = nil) {
        self.recorded = recorded
        self.jobs = jobs
        self.more = more
        self.dueInMilliseconds = dueInMilliseconds
    }
}

/// A job and the token under which it was taken.
package struct HeldJob: Sendable, Equatable {
    package let job: Job
    package let ticket: JobTicket

    package init(job: Job, ticket: JobTicket) {
        self.job = job
        self.ticket = ticket
    }
}

/// A worker's options as its core reads them, and bounds that are not for choosing.
package struct WorkerLimits: Sendable {
    let batchMax, inFlightMax: Int
    let lockMilliseconds, stalledMilliseconds, closeMilliseconds, idleMilliseconds: UInt64
    /// Outcomes in one exchange; renewals in one call.
    let finishesMax = 1_000
    /// Between tries while Redis fails.
    let pauseMillisecondsMax: UInt64 = 2_000

    package init(_ options: WorkerOptions) {
        batchMax = options.batchMax
        inFlightMax = options.inFlightMax
        lockMilliseconds = max(options.lockDuration.wholeMilliseconds, 8)
        stalledMilliseconds = max(options.stalledInterval.wholeMilliseconds, 8)
        closeMilliseconds = options.closeDuration.wholeMilliseconds
        idleMilliseconds = max(options.idleDuration.wholeMilliseconds, 1)
    }

    /// How often the core is asked although nothing happened: a sixth of its shortest time.
    var beatMilliseconds: UInt64 { max(min(lockMilliseconds, stalledMilliseconds, closeMilliseconds, 30_000) / 6, 1) }
}
