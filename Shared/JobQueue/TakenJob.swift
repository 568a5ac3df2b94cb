internal import Synchronization

/// A job in hand: renewed by its worker until it is finished.
///
/// Whoever lets go of it without having said what became of it has it tried again.
package final class TakenJob: Sendable {
    package let job: Job
    private let ticket: JobTicket
    private let mailbox: WorkerMailbox
    private let isFinished = Atomic(false)

    init(_ held: HeldJob, _ mailbox: WorkerMailbox) {
        job = held.job
        ticket = held.ticket
        self.mailbox = mailbox
    }

    deinit { finish(.retry(reason: "the worker let go of the job without an outcome")) }

    /// Says what became of the job; only the first word counts. It is recorded together with others'. If the job was
    /// lost meanwhile, it does not count, and the worker's `onLost` says so.
    package func finish(_ outcome: JobOutcome) {
        guard !isFinished.exchange(true, ordering: .relaxed) else { return }
        mailbox.tell(.finished(ticket, outcome, chance: .random(in: 0..<1)))
    }
}
