package import Bus
package import ListCRDT
package import Messages
internal import Synchronization

/// The ring behind the bus: reads go to the routers, writes are jobs on the queue `sync`.
package struct BusRing: Ring {
    private let correspondent: Correspondent
    private let outbox: PushOutbox

    package init(correspondent: Correspondent, outbox: PushOutbox) {
        self.correspondent = correspondent
        self.outbox = outbox
    }

    package func read(_ document: DocumentID, _ question: ReadPayload, trace: UInt64) async -> ReadResult {
        await correspondent.read(
            document, question, trace: trace,
            deadlineMilliseconds: wallClockMilliseconds() + GatewayLimits.readPatienceMilliseconds)
    }

    package func write(_ submission: Submission, then: @escaping @Sendable ([WriteResult]) -> Void) {
        let now = wallClockMilliseconds()
        let deadline = now + GatewayLimits.writePatienceMilliseconds
        let number = Mutex<Int?>(nil)
        correspondent.ask(submission.writes.count, deadlineMilliseconds: deadline) { ids in
            let posted = outbox.post(
                zip(submission.writes, ids).map { write, id in
                    SyncJob.Push(
                        document: write.document, id: id, delta: write.delta.encoded(), author: submission.author,
                        username: submission.username, replica: submission.replica, atMilliseconds: now,
                        deadlineMilliseconds: deadline, trace: submission.trace)
                })
            number.withLock { $0 = posted }
            return posted != nil
        } then: { answers in
            if let number = number.withLock({ $0 }) { outbox.answered(number) }
            then(
                answers.map { answer in
                    answer.flatMap { try? WriteResult(decoding: $0) } ?? WriteResult(.unconfirmed)
                })
        }
    }
}
