internal import Bus
package import JobQueue
package import Logging
internal import Metrics
internal import ServiceLifecycle
internal import Synchronization

/// Adds jobs to a queue. Those that come while a call is under way go together in the next.
package final class JobOutbox: Service {
    private struct Waiting {
        var jobs: [NewJob] = []
        var bytes = 0
    }

    private let queue: JobQueue
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    private let doorbell = Doorbell()
    private let batches = Recorder(label: "larder.gateway.jobs.batch", aggregate: true)
    private let refused = Counter(label: "larder.gateway.jobs.refused")

    package init(queue: JobQueue, logger: Logger) {
        self.queue = queue
        self.logger = logger
    }

    /// Puts a job in line. False: the line is full and nothing was taken.
    package func post(_ job: NewJob) -> Bool {
        let bytes = job.data.utf8.count
        let isTaken = waiting.withLock { waiting in
            guard waiting.jobs.count < GatewayLimits.pushesWaitingMax,
                waiting.bytes + bytes <= GatewayLimits.pushBytesWaitingMax
            else { return false }
            waiting.jobs.append(job)
            waiting.bytes += bytes
            return true
        }
        if isTaken { doorbell.ring() } else { refused.increment() }
        return isTaken
    }

    /// Runs until graceful shutdown, then adds what still waits. Start it before whatever posts, so that it stops
    /// after.
    package func run() async {
        await withGracefulShutdownHandler {
            while await doorbell.wait() { await flush() }
            await flush()
        } onGracefulShutdown: {
            self.doorbell.close()
        }
    }

    private func flush() async {
        let jobs = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting.jobs
        }
        for start in stride(from: 0, to: jobs.count, by: JobQueue.jobsPerCallMax) {
            let batch = Array(jobs[start..<min(start + JobQueue.jobsPerCallMax, jobs.count)])
            batches.record(batch.count)
            await add(batch)
        }
    }

    /// Tries twice: to add a push twice is harmless. What is lost then is found by its asker's deadline.
    private func add(_ jobs: [NewJob]) async {
        for attempt in 1...2 {
            do {
                _ = try await queue.add(jobs)
                return
            } catch {
                logger.warning(
                    "Jobs not added",
                    metadata: ["error": "\(error)", "jobs": "\(jobs.count)", "attempt": "\(attempt)"])
            }
        }
    }
}
