internal import Bus
package import JobQueue
package import Logging
package import Messages
internal import Metrics
internal import ServiceLifecycle
internal import Synchronization

/// Puts pushes on the queue `sync`, in waves: while `crowd` submissions or more are on their way through the ring, what comes waits, and
/// goes together in the next wave.
///
/// A lone push leaves at once; under load waves grow, and what is done once a batch (a job, a stream entry, a transaction, a wake-up)
/// is done for more pushes. A slow document holds up others for `waveTime` at most: after that its wave is no longer counted.
package final class PushOutbox: Service {
    /// Submissions on their way from which on what comes waits.
    package static let crowd = 8
    package static let waveTime = Duration.milliseconds(100)
    /// Tried twice, so that one batcher's end loses nothing that is still awaited; what failed is kept for people to
    /// see.
    private static let options = JobOptions(attempts: 2, removeOnComplete: .none, removeOnFail: .newest(1_000))
    /// Delta bytes in one job; one push may be larger.
    private static let jobBytesMax = 1 << 18

    private struct Wave {
        let submissions: Range<Int>
        var answered = 0
    }

    private struct Line {
        var pushes: [SyncJob.Push] = []
        var bytes = 0
        /// Submissions that have left the line.
        var sent = 0
        /// Submissions that stand in it.
        var waiting = 0
        var waves: [Wave] = []

        var isCrowded: Bool { waves.reduce(0) { $0 + $1.submissions.count - $1.answered } >= PushOutbox.crowd }
    }

    private let queue: JobQueue
    private let instance: String
    private let logger: Logger
    private let line = Mutex(Line())
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
        let bytes = pushes.reduce(0) { $0 + $1.delta.count }
        let number = line.withLock { line -> Int? in
            guard line.pushes.count + pushes.count <= GatewayLimits.pushesWaitingMax,
                line.bytes + bytes <= GatewayLimits.pushBytesWaitingMax
            else { return nil }
            line.pushes += pushes
            line.bytes += bytes
            defer { line.waiting += 1 }
            return line.sent + line.waiting
        }
        if number != nil { doorbell.ring() } else { refused.increment() }
        return number
    }

    /// What came of a submission is known, or nobody waits for it any more.
    package func answered(_ number: Int) {
        let isRoom = line.withLock { line in
            guard let place = line.waves.firstIndex(where: { $0.submissions.contains(number) }) else { return false }
            line.waves[place].answered += 1
            if line.waves[place].answered == line.waves[place].submissions.count { line.waves.remove(at: place) }
            return line.waiting > 0 && !line.isCrowded
        }
        if isRoom { doorbell.ring() }
    }

    /// Runs until graceful shutdown, then sends what still waits. Start it before whatever posts, so that it stops
    /// after.
    package func run() async {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                while await doorbell.wait() {
                    let (pushes, wave) = take()
                    guard let wave else { continue }
                    await send(pushes)
                    group.addTask { await self.expire(wave) }
                }
                await send(take(allowingCrowd: true).pushes)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.doorbell.close()
        }
    }

    /// What waits, as a new wave, unless a crowd is on its way already.
    private func take(allowingCrowd: Bool = false) -> (pushes: [SyncJob.Push], wave: Range<Int>?) {
        line.withLock { line in
            guard line.waiting > 0, allowingCrowd || !line.isCrowded else { return ([], nil) }
            let wave = Wave(submissions: line.sent..<(line.sent + line.waiting))
            defer { line = Line(sent: wave.submissions.upperBound, waves: line.waves + [wave]) }
            return (line.pushes, wave.submissions)
        }
    }

    private func expire(_ wave: Range<Int>) async {
        guard (try? await Task.sleep(for: Self.waveTime)) != nil else { return }
        line.withLock { line in line.waves.removeAll { $0.submissions == wave } }
        doorbell.ring()
    }

    private func send(_ pushes: [SyncJob.Push]) async {
        if !pushes.isEmpty { batches.record(pushes.count) }
        let jobs = jobs(of: pushes)
        for start in stride(from: 0, to: jobs.count, by: JobQueue.jobsPerCallMax) {
            await add(Array(jobs[start..<min(start + JobQueue.jobsPerCallMax, jobs.count)]))
        }
    }

    private func jobs(of pushes: [SyncJob.Push]) -> [NewJob] {
        var jobs: [NewJob] = []
        var (first, bytes) = (0, 0)
        for (index, push) in pushes.enumerated() {
            bytes += push.delta.count
            let isLast = index + 1 == pushes.count
            guard isLast || index + 1 - first == SyncJob.pushesMax || bytes >= Self.jobBytesMax else { continue }
            let job = SyncJob(from: instance, pushes: Array(pushes[first...index]))
            if let data = try? job.json() { jobs.append(NewJob(name: SyncJob.name, data: data, options: Self.options)) }
            (first, bytes) = (index + 1, 0)
        }
        return jobs
    }

    /// Tries twice: to add a push twice is harmless. What is lost then is found by its asker's deadline.
    private func add(_ jobs: [NewJob]) async {
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
