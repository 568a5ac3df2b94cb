internal import Bus
package import JobQueue
internal import ListCRDT
package import Logging
package import Messages
internal import Metrics
internal import Observability
internal import ServiceLifecycle
internal import Synchronization

/// Puts pushes on the queue `sync`, in the waves that `PushLine` makes of them.
///
/// What is done once a batch (a job, a stream entry, a transaction, a wake-up) is done for more pushes the larger waves are. A slow
/// document holds up others for `waveTime` at most: after that the next wave leaves.
package final class PushOutbox: Service {
    private static let waveTime = Duration.milliseconds(100)
    /// How long the next wave lingers after a wave's answers, at most.
    private static let lingerTime = Duration.milliseconds(1)
    /// Tried twice; what failed is kept for people to see.
    private static let options = JobOptions(attempts: 2, removeOnComplete: .none, removeOnFail: .newest(1_000))
    /// Delta bytes in one job; one push may be larger.
    private static let jobBytesMax = 1 << 18
    /// Of jobs in one call, as JSON; one job may be larger.
    private static let callBytesMax = 4 << 20

    private let queue: JobQueue
    private let instance: String
    private let logger: Logger
    private let line = Mutex(PushLine())
    private let doorbell = Doorbell()
    private let batches = Recorder(label: "larder.gateway.wave.pushes", aggregate: true)
    private let refused = Counter(label: "larder.gateway.pushes.turned_away")

    /// - Parameter instance: that waits for the answers.
    package init(queue: JobQueue, instance: String, logger: Logger) {
        self.queue = queue
        self.instance = instance
        self.logger = logger
    }

    /// Puts the pushes of one submission in line and returns its number, for `answered(_:)`. Nil: the line is full and nothing was
    /// taken.
    package func post(_ pushes: [SyncJob.Push]) -> Int? {
        let (number, isReady) = line.withLock { line in (line.add(pushes), line.isReady) }
        if number == nil { refused.increment() }
        if isReady { doorbell.ring() }
        return number
    }

    /// What came of a submission is known, or nobody waits for it any more.
    package func answered(_ number: Int) {
        let isWaveAnswered = line.withLock { line in
            line.answer(number)
            return line.isReady || line.lingersAfter != nil
        }
        if isWaveAnswered { doorbell.ring() }
    }

    /// Runs until graceful shutdown, then sends what still waits. Start it before whatever posts, so that it stops
    /// after.
    package func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                while await doorbell.wait() {
                    let (wave, lingersAfter) = line.withLock { line in (line.leave(), line.lingersAfter) }
                    if let wave {
                        await send(wave)
                        group.addTask { [submissions = wave.submissions] in await self.expire(submissions) }
                    } else if let lingersAfter {
                        group.addTask { await self.endLinger(after: lingersAfter) }
                    }
                }
                if let rest = line.withLock({ $0.leaveAnyway() }) { await send(rest) }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.doorbell.close()
        }
    }

    private func endLinger(after submissions: Range<Int>) async {
        guard (try? await ServiceThread.shared.sleep(for: Self.lingerTime)) != nil else { return }
        let isReady = line.withLock { line in
            line.endLinger(after: submissions)
            return line.isReady
        }
        if isReady { doorbell.ring() }
    }

    private func expire(_ submissions: Range<Int>) async {
        guard (try? await ServiceThread.shared.sleep(for: Self.waveTime)) != nil else { return }
        let isReady = line.withLock { line in
            line.expire(submissions)
            return line.isReady
        }
        if isReady { doorbell.ring() }
    }

    private func send(_ wave: PushLine.Wave) async {
        batches.record(wave.pushes.count)
        var call: [NewJob] = []
        var bytes = 0
        for job in jobs(of: wave.pushes) {
            if call.count == JobQueue.jobsPerCallMax || bytes + job.data.utf8.count > Self.callBytesMax {
                await add(call)
                (call, bytes) = ([], 0)
            }
            call.append(job)
            bytes += job.data.utf8.count
        }
        await add(call)
    }

    private func jobs(of pushes: [SyncJob.Push]) -> [NewJob] {
        var jobs: [NewJob] = []
        var (first, bytes) = (0, 0)
        for (index, push) in pushes.enumerated() {
            bytes += push.delta.count
            let isLast = index + 1 == pushes.count
            guard isLast || index + 1 - first == SyncJob.pushesMax || bytes >= Self.jobBytesMax else { continue }
            let job = SyncJob(from: instance, pushes: Array(pushes[first...index]))
            do throws(DecodingFailure) {
                jobs.append(NewJob(name: SyncJob.name, data: try job.json(), options: Self.options))
            } catch { logger.error("Pushes cannot be written as a job", metadata: ["error": "\(error)"]) }
            (first, bytes) = (index + 1, 0)
        }
        return jobs
    }

    /// Tries twice: to add a push twice is harmless. What is lost then is found by its asker's deadline.
    private func add(_ jobs: [NewJob]) async {
        guard !jobs.isEmpty else { return }
        for attempt in 1...2 {
            do {
                _ = try await queue.add(jobs)
                return
            } catch {
                logger.warning(
                    "Pushes not queued",
                    metadata: ["error": "\(error)", "jobs": "\(jobs.count)", "attempt": "\(attempt)"])
            }
        }
    }
}
