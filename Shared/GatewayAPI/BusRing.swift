package import Bus
internal import JobQueue
package import ListCRDT
package import Messages

/// The ring behind the bus: reads go to the routers, writes are jobs on the queue `sync`.
package struct BusRing: Ring {
    /// Tried twice, so that one batcher's end loses nothing that is still awaited; what failed is kept for people to
    /// see.
    private static let options = JobOptions(attempts: 2, removeOnComplete: .none, removeOnFail: .newest(1_000))

    private let correspondent: Correspondent
    private let outbox: JobOutbox

    package init(correspondent: Correspondent, outbox: JobOutbox) {
        self.correspondent = correspondent
        self.outbox = outbox
    }

    package func read(_ document: DocumentID, _ question: ReadPayload, trace: UInt64) async -> ReadResult {
        await correspondent.read(
            document, question, trace: trace,
            deadlineMilliseconds: wallClockMilliseconds() + GatewayLimits.readPatienceMilliseconds)
    }

    package func write(_ submission: Submission) async -> [WriteResult] {
        let now = wallClockMilliseconds()
        let deadline = now + GatewayLimits.writePatienceMilliseconds
        let answers = await correspondent.ask(submission.writes.count, deadlineMilliseconds: deadline) { ids in
            let pushes = zip(submission.writes, ids).map { write, id in
                SyncJob.Push(document: write.document, id: id, delta: write.delta)
            }
            let job = SyncJob(
                from: correspondent.instance, author: submission.author, username: submission.username,
                replica: submission.replica, atMilliseconds: now, deadlineMilliseconds: deadline,
                trace: submission.trace, pushes: pushes)
            guard let data = try? job.json() else { return false }
            return outbox.post(NewJob(name: SyncJob.name, data: data, options: Self.options))
        }
        return answers.map { answer in
            answer.flatMap { try? WriteResult(decoding: $0) } ?? WriteResult(.unconfirmed)
        }
    }
}
