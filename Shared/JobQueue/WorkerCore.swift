/// What a worker of a queue does next: take, hand over, hand in, renew, recover, wait, close.
///
/// Feed it with `handle(_:now:)`, then carry out what `effects(now:)` returns, in its order. At most one exchange, one
/// wait, one renewal and one recovery are under way at a time. Outcomes that come in while an exchange is under way go
/// with the next one, so batches form by themselves and a lone job waits for nothing. `now` is in milliseconds and
/// never goes back.
package struct WorkerCore: ~Copyable, Sendable {
    package enum Event: Sendable {
        /// `chance`, 0 ..< 1, is for the jitter of the job's backoff.
        case finished(JobTicket, JobOutcome, chance: Double)
        case exchanged(ExchangeReply)
        case exchangeFailed(mayHaveHappened: Bool)
        /// The marker was taken, or the time is up: there may be jobs.
        case woken
        case waitFailed
        case renewed(lost: [JobTicket])
        case renewalFailed
        case recoveryEnded
        case close
    }

    package enum Effect: Sendable, Equatable {
        case exchange(Exchange, pauseMilliseconds: UInt64)
        case wait(milliseconds: UInt64, pauseMilliseconds: UInt64)
        case renew([JobTicket])
        case recover
        /// Give these to the handler.
        case hand([HeldJob])
        /// These are no longer ours: another worker has them or will, and their outcome does not count.
        case reportLost([Job])
        case stop
    }

    private enum Phase: Sendable { case running, closing(untilMilliseconds: UInt64), stopped }
    private enum Stage: Sendable {
        case inHand
        /// Still with the handler, but its lock is gone.
        case lost
        /// Its outcome is gathered or being sent.
        case handedIn
    }
    private struct Held: Sendable {
        let job: Job
        let number: UInt64
        var stage: Stage
    }

    private let limits: WorkerLimits
    private let identity: String
    private var phase = Phase.running
    private var outbox: [Effect] = []

    private var held: [JobTicket: Held] = [:]
    private var heldNumber: UInt64 = 0
    /// Jobs that are with the handler.
    private var inHandCount = 0
    private var gathered: [JobFinish] = []

    /// The exchange under way.
    private var sending: Exchange?
    private var exchangeNumber: UInt64 = 0
    /// An exchange got no answer: it may have taken jobs under its token, so the next one asks for them.
    private var isUnanswered = false
    private var exchangeFailures: UInt64 = 0

    /// Something said that jobs wait, after what the last exchange under way could see.
    private var mayHoldWork = true
    /// We took a marker that we could not use: another worker must be woken in our place.
    private var owesMarker = false
    private var isWaiting = false
    private var waitFailures: UInt64 = 0
    private var dueInMilliseconds: UInt64?

    private var isRenewing = false
    private var renewAt: UInt64
    private var isRecovering = false
    private var recoverAt: UInt64

    /// - Parameter identity: unlike any other worker's.
    package init(identity: String, limits: WorkerLimits, now: UInt64) {
        self.identity = identity
        self.limits = limits
        renewAt = now + limits.lockMilliseconds / 3
        recoverAt = now
    }

    package mutating func handle(_ event: Event, now: UInt64) {
        switch event {
        case .finished(let ticket, let outcome, let chance): handIn(ticket, outcome, chance)
        case .exchanged(let reply): settle(reply)
        case .exchangeFailed(let mayHaveHappened): retain(mayHaveHappened, now)
        case .woken: waitEnded(failures: 0)
        case .waitFailed: waitEnded(failures: waitFailures + 1)
        case .renewed(let lost):
            isRenewing = false
            lose(lost)
        case .renewalFailed:
            isRenewing = false
            renewAt = now + limits.lockMilliseconds / 8
        case .recoveryEnded: isRecovering = false
        case .close:
            guard case .running = phase else { return }
            phase = .closing(untilMilliseconds: now + limits.closeMilliseconds)
        }
    }

    package mutating func effects(now: UInt64) -> [Effect] {
        if case .stopped = phase { return [] }
        releaseAfterDeadline(now)
        var effects = outbox
        outbox = []
        if let exchange = nextExchange() {
            effects.append(.exchange(exchange, pauseMilliseconds: pause(after: exchangeFailures)))
        }
        if let wait = nextWait() { effects.append(wait) }
        if let renewal = nextRenewal(now) { effects.append(renewal) }
        if let recovery = nextRecovery(now) { effects.append(recovery) }
        if case .closing(let deadline) = phase, held.isEmpty, sending == nil, !isUnanswered, !owesMarker,
            !isWaiting || now >= deadline
        {
            phase = .stopped
            effects.append(.stop)
        }
        return effects
    }
}

// What happened.
extension WorkerCore {
    private mutating func handIn(_ ticket: JobTicket, _ outcome: JobOutcome, _ chance: Double) {
        guard let job = held[ticket] else { return }
        switch job.stage {
        case .inHand: give(back: ticket, JobFinish(job.job, ticket, outcome, chance: chance))
        case .lost:
            held[ticket] = nil
            inHandCount -= 1
        case .handedIn: break
        }
    }

    private mutating func give(back ticket: JobTicket, _ finish: JobFinish) {
        held[ticket]?.stage = .handedIn
        inHandCount -= 1
        gathered.append(finish)
    }

    private mutating func settle(_ reply: ExchangeReply) {
        guard let exchange = sending else { return }
        (sending, isUnanswered, exchangeFailures) = (nil, false, 0)
        mayHoldWork = mayHoldWork || reply.more
        dueInMilliseconds = reply.dueInMilliseconds
        var lost: [Job] = []
        for (finish, isRecorded) in zip(exchange.finishes, reply.recorded) {
            guard let job = held.removeValue(forKey: finish.ticket), !isRecorded else { continue }
            lost.append(job.job)
        }
        if !lost.isEmpty { outbox.append(.reportLost(lost)) }
        accept(reply.jobs.map { HeldJob(job: $0, ticket: JobTicket(id: $0.id, token: exchange.token)) })
    }

    /// Jobs that come when we close go back; those that must fail do so without the handler.
    private mutating func accept(_ jobs: [HeldJob]) {
        var toHand: [HeldJob] = []
        for taken in jobs {
            held[taken.ticket] = Held(job: taken.job, number: heldNumber, stage: .inHand)
            heldNumber += 1
            inHandCount += 1
            if let reason = taken.job.deferredFailure {
                give(back: taken.ticket, JobFinish(taken.job, taken.ticket, .failed(reason: reason), chance: 0))
            } else if case .running = phase {
                toHand.append(taken)
            } else {
                give(back: taken.ticket, JobFinish(releasing: taken.job, taken.ticket))
            }
        }
        if !toHand.isEmpty { outbox.append(.hand(toHand)) }
    }

    /// Keeps the outcomes of an exchange that failed for the next one; past the deadline of closing there is none.
    private mutating func retain(_ mayHaveHappened: Bool, _ now: UInt64) {
        guard let exchange = sending else { return }
        sending = nil
        gathered.insert(contentsOf: exchange.finishes, at: 0)
        isUnanswered = isUnanswered || mayHaveHappened
        exchangeFailures += 1
        mayHoldWork = true
        if case .closing(let deadline) = phase, now >= deadline {
            held = [:]
            (isUnanswered, owesMarker, gathered) = (false, false, [])
        }
    }

    /// A wait that failed, or that closing cut short, may have taken the marker as well.
    private mutating func waitEnded(failures: UInt64) {
        (isWaiting, waitFailures, mayHoldWork) = (false, failures, true)
        owesMarker = room == 0
    }

    private mutating func lose(_ tickets: [JobTicket]) {
        let lost = tickets.compactMap { held[$0]?.stage == .inHand ? $0 : nil }
        guard !lost.isEmpty else { return }
        for ticket in lost { held[ticket]?.stage = .lost }
        outbox.append(.reportLost(lost.compactMap { held[$0]?.job }))
    }

    private mutating func releaseAfterDeadline(_ now: UInt64) {
        guard case .closing(let deadline) = phase, now >= deadline, inHandCount > 0 else { return }
        for (ticket, job) in inOrder where job.stage != .handedIn {
            if job.stage == .lost {
                held[ticket] = nil
                inHandCount -= 1
            } else {
                give(back: ticket, JobFinish(releasing: job.job, ticket))
            }
        }
    }
}

// What to do.
extension WorkerCore {
    private var inOrder: [(key: JobTicket, value: Held)] { held.sorted { $0.value.number < $1.value.number } }

    private var room: Int {
        if case .running = phase { min(limits.batchMax, limits.inFlightMax - inHandCount) } else { 0 }
    }

    private func pause(after failures: UInt64) -> UInt64 {
        failures == 0 ? 0 : min(25 << min(failures, 10), limits.pauseMillisecondsMax)
    }

    private mutating func nextExchange() -> Exchange? {
        let wantsJobs = mayHoldWork && room > 0
        guard sending == nil, wantsJobs || !gathered.isEmpty || owesMarker || isUnanswered else { return nil }
        if !isUnanswered { exchangeNumber += 1 }
        let exchange = Exchange(
            finishes: Array(gathered.prefix(limits.finishesMax)), take: room,
            token: "\(identity):\(exchangeNumber)", isRepeated: isUnanswered)
        gathered.removeFirst(exchange.finishes.count)
        sending = exchange
        owesMarker = false
        mayHoldWork = room == 0 && mayHoldWork
        return exchange
    }

    private mutating func nextWait() -> Effect? {
        guard case .running = phase, !isWaiting, sending == nil, !mayHoldWork, room > 0 else { return nil }
        isWaiting = true
        let wait = min(dueInMilliseconds ?? limits.idleMilliseconds, limits.idleMilliseconds)
        return .wait(milliseconds: max(wait, 1), pauseMilliseconds: pause(after: waitFailures))
    }

    /// Renews what is held, except what is being handed in just now: that may be finished before the renewal arrives.
    private mutating func nextRenewal(_ now: UInt64) -> Effect? {
        guard !isRenewing, now >= renewAt else { return nil }
        renewAt = now + limits.lockMilliseconds / 3
        let leaving = Set(sending?.finishes.map(\.ticket) ?? [])
        let tickets = inOrder.filter { $0.value.stage != .lost && !leaving.contains($0.key) }.map(\.key)
        guard !tickets.isEmpty else { return nil }
        isRenewing = true
        return .renew(tickets)
    }

    private mutating func nextRecovery(_ now: UInt64) -> Effect? {
        guard case .running = phase, !isRecovering, now >= recoverAt else { return nil }
        recoverAt = now + limits.stalledMilliseconds
        isRecovering = true
        return .recover
    }
}
