import Bus
import JobQueue
import ListCRDT
import Logging
import Messages
import Metrics

/// Has a batch of pushes written: one write a document, whoever pushed to it. Each push is answered as soon as its document's outcome is
/// known, so that a slow document holds up only itself.
struct Batcher: Sendable {
    private let correspondent: Correspondent
    private let announcer: Announcer
    private let logger: Logger
    private let documents = Recorder(label: "larder_batch_documents")
    private let outcomes = [WriteResult.Status.committed, .unconfirmed, .staleEpoch, .refused].map { status in
        (status, Counter(label: "larder_pushes_total", dimensions: [("outcome", "\(status)")]))
    }

    init(correspondent: Correspondent, announcer: Announcer, logger: Logger) {
        self.correspondent = correspondent
        self.announcer = announcer
        self.logger = logger
    }

    func handle(_ jobs: [TakenJob]) {
        var pushes = PushGroups()
        for taken in jobs {
            do throws(DecodingFailure) { add(try SyncJob(json: taken.job.data), taken, to: &pushes) } catch {
                logger.error("A job cannot be decoded", metadata: ["job": "\(taken.job.id)", "error": "\(error)"])
                taken.finish(.failed(reason: "the job cannot be decoded: \(error)"))
            }
        }
        documents.record(pushes.groups.count)
        for group in pushes.groups { write(group) }
    }

    /// What nobody waits for any more is left out.
    private func add(_ job: SyncJob, _ taken: TakenJob, to groups: inout PushGroups) {
        let now = wallClockMilliseconds()
        let awaited = job.pushes.filter { $0.deadlineMilliseconds > now }
        let countdown = Countdown(awaited.count + 1) { taken.finish(.completed) }
        for push in awaited {
            do throws(DecodingFailure) {
                groups.add(
                    Push(job: push, from: job.from, delta: try Delta(decoding: push.delta), countdown: countdown))
            } catch {
                logger.error("A push cannot be decoded", metadata: ["job": "\(taken.job.id)", "error": "\(error)"])
                answer(push, from: job.from, WriteResult(.refused))
                countdown.tick()
            }
        }
        countdown.tick()
    }

    private func write(_ group: [Push]) {
        guard let first = group.first else { return }
        let payload = WritePayload(kind: first.delta.kind, operations: group.flatMap(\.operations))
        let deadline = group.map(\.job.deadlineMilliseconds).max() ?? 0
        correspondent.write(
            first.job.document, payload, trace: first.job.trace, deadlineMilliseconds: deadline
        ) { settle(group, $0) }
    }

    private func settle(_ group: [Push], _ result: WriteResult) {
        if result.status == .refused, group.count > 1 {
            // One of them spoils the others: each by itself.
            for push in group { write([push]) }
            return
        }
        outcomes.first { $0.0 == result.status }?.1.increment(by: group.count)
        for push in group {
            answer(push.job, from: push.from, result)
            announcer.answered(push, isCommitted: result.status == .committed)
        }
    }

    private func answer(_ push: SyncJob.Push, from instance: String, _ result: WriteResult) {
        let part = Part(
            id: push.id, document: push.document, trace: push.trace, deadlineMilliseconds: push.deadlineMilliseconds,
            payload: result.encoded)
        if !correspondent.sender.post(.saved, part, to: Keys.reply(instance)) {
            logger.warning("An answer was dropped: too many wait")
        }
    }
}
