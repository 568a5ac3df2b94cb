import Bus
import JobQueue
import ListCRDT
import Logging
import Messages
import Metrics
import Redis
import ZeroMQ

/// Has a batch of pushes written: one write a document, whoever pushed to it. Each push is answered as soon as its document's outcome is
/// known, so that a slow document holds up only itself.
struct Batcher: Sendable {
    private let correspondent: Correspondent
    private let publisher: ZeroMQPublisher
    private let logger: Logger

    init(correspondent: Correspondent, publisher: ZeroMQPublisher, logger: Logger) {
        self.correspondent = correspondent
        self.publisher = publisher
        self.logger = logger
    }

    func handle(_ jobs: [TakenJob]) async {
        let now = wallClockMilliseconds()
        var pushes = PushGroups()
        for taken in jobs {
            do throws(DecodingFailure) {
                let job = try SyncJob(json: taken.job.data)
                if job.deadlineMilliseconds <= now || job.pushes.isEmpty {
                    taken.finish(.completed)
                } else {
                    pushes.add(job, countdown: Countdown(job.pushes.count) { taken.finish(.completed) })
                }
            } catch {
                logger.error("A push cannot be decoded", metadata: ["job": "\(taken.job.id)", "error": "\(error)"])
                taken.finish(.failed(reason: "the push cannot be decoded: \(error)"))
            }
        }
        Recorder(label: "larder_batch_documents").record(pushes.groups.count)
        await withDiscardingTaskGroup { tasks in
            for group in pushes.groups { tasks.addTask { await write(group) } }
        }
    }

    private func write(_ group: [Push]) async {
        guard let first = group.first else { return }
        let payload = WritePayload(kind: first.delta.kind, operations: group.flatMap(\.operations))
        let deadline = group.map(\.deadlineMilliseconds).max() ?? 0
        let result = await correspondent.write(
            first.document, payload, trace: first.trace, deadlineMilliseconds: deadline)
        if result.status == .refused, group.count > 1 {
            // One of them spoils the others: each by itself.
            for push in group { await write([push]) }
            return
        }
        Counter(label: "larder_pushes_total", dimensions: [("outcome", "\(result.status)")]).increment(by: group.count)
        for push in group {
            answer(push, result)
            if result.status == .committed { announce(push) }
            push.countdown.tick()
        }
    }

    private func answer(_ push: Push, _ result: WriteResult) {
        let part = Part(
            id: push.id, document: push.document, trace: push.trace, deadlineMilliseconds: push.deadlineMilliseconds,
            payload: result.encoded)
        if !correspondent.sender.post(.saved, part, to: Keys.reply(push.from)) {
            logger.warning("An answer was dropped: too many wait")
        }
    }

    /// To bridges by ZeroMQ, and for people and caches to `larder:changes`.
    private func announce(_ push: Push) {
        let change = LiveChange(
            document: push.document, author: push.author, username: push.username, atMilliseconds: push.atMilliseconds,
            trace: push.trace, delta: push.delta)
        if !publisher.publish(change.frames) { Counter(label: "larder_live_dropped_total").increment() }
        correspondent.sender.post([
            .xadd(
                Keys.changes,
                [
                    ("kind", "change"), ("document", .string(push.document.hex)), ("by", .string(push.username)),
                    ("what", .string(ChangeWords.describe(push.delta))),
                    ("touches", .string(ChangeWords.touches(push.delta))),
                    ("dots", .string(describe(change.dots))), ("at", .string(String(push.atMilliseconds))),
                    ("trace", .string(hexDigits(push.trace))),
                ], maxLength: StreamBounds.changesEntriesMax)
        ])
    }

    /// `4f3a…:7-9 …`: a replica's first digits and its counters.
    private func describe(_ dots: Context) -> String {
        dots.ranges.map { replica, range in
            let counters = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            return "\(replica.hex.prefix(8)):\(counters)"
        }.joined(separator: " ")
    }
}
