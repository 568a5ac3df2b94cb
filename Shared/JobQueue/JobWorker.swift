package import Logging
internal import Metrics
internal import Redis
internal import ServiceLifecycle

/// Takes jobs off a queue and hands them to its handler, many at once; hands in what became of them.
///
/// One loop carries out what `WorkerCore` says. A graceful shutdown takes no more, waits for what is in hand, and gives
/// back the rest. Redis may go and come back, also without its data: the worker goes on by itself. Redis must be a
/// service that ends after the worker.
package final class JobWorker: Service {
    /// Gets a batch. It may return before the jobs are finished, and keep several batches in hand.
    package typealias Handler = @Sendable ([TakenJob]) async -> Void

    private let queue: JobQueue
    private let options: WorkerOptions
    private let limits: WorkerLimits
    private let handler: Handler
    private let onLost: @Sendable (Job) -> Void
    private let logger: Logger
    private let mailbox: WorkerMailbox
    private let counts: WorkerCounts

    /// - Parameter onLost: told of each job that another worker has or will have; its outcome here does not count.
    package init(
        queue: JobQueue, options: WorkerOptions, logger: Logger, onLost: @escaping @Sendable (Job) -> Void = { _ in },
        handler: @escaping Handler
    ) {
        self.queue = queue
        self.options = options
        self.handler = handler
        self.onLost = onLost
        limits = WorkerLimits(options)
        var logger = logger
        logger[metadataKey: "queue"] = "\(queue.keys.queue)"
        self.logger = logger
        let identity = String(UInt64.random(in: .min ... .max), radix: 16)
        mailbox = WorkerMailbox(identity: identity, limits: limits)
        counts = WorkerCounts(queue: queue.keys.queue)
    }

    /// For work that is done job by job: all jobs in hand are worked on at once.
    package convenience init(
        queue: JobQueue, options: WorkerOptions, logger: Logger, onLost: @escaping @Sendable (Job) -> Void = { _ in },
        each work: @escaping @Sendable (Job) async -> JobOutcome
    ) {
        self.init(queue: queue, options: options, logger: logger, onLost: onLost) { jobs in
            await withDiscardingTaskGroup { group in
                for taken in jobs {
                    group.addTask { taken.finish(await work(taken.job)) }
                }
            }
        }
    }

    /// Once. Cancelled, it leaves its jobs as a crash does: they are found when their locks run out.
    package func run() async throws {
        let lane = queue.redis.lane(
            named: "queue-\(queue.keys.queue)", clientName: queue.keys.clientName(worker: options.name))
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.beat() }
                mailbox.wake()
                loop: for await _ in mailbox.wakes {
                    for effect in mailbox.effects() {
                        if effect == .stop { break loop }
                        group.addTask { await self.carryOut(effect, lane) }
                    }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.mailbox.tell(.close)
        }
    }

    /// Lets the core see that time passes.
    private func beat() async {
        while (try? await Task.sleep(for: .milliseconds(limits.beatMilliseconds))) != nil { mailbox.wake() }
    }

    private func carryOut(_ effect: WorkerCore.Effect, _ lane: RedisLane) async {
        switch effect {
        case .exchange(let exchange, let pause): await carryOut(exchange, after: pause)
        case .wait(let milliseconds, let pause): await wait(milliseconds, after: pause, lane)
        case .renew(let tickets): await renew(tickets)
        case .recover: await recover()
        case .hand(let jobs): await hand(jobs)
        case .reportLost(let jobs): report(lost: jobs)
        case .stop: break
        }
    }
}

extension JobWorker {
    private func carryOut(_ exchange: Exchange, after pause: UInt64) async {
        do {
            if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
            let reply = try await queue.exchange(exchange, options)
            counts.note(exchange, reply)
            mailbox.tell(.exchanged(reply))
        } catch {
            logger.warning("jobs cannot be exchanged, trying again: \(error)")
            mailbox.tell(.exchangeFailed(mayHaveHappened: (error as? JobQueueError)?.mayHaveHappened ?? false))
        }
    }

    /// Waits on the marker until there is work; only the wait's end matters, not what it says.
    private func wait(_ milliseconds: UInt64, after pause: UInt64, _ lane: RedisLane) async {
        let seconds = "\(Double(milliseconds) / 1_000)"
        let marker = RedisCommand("BZPOPMIN", .string(queue.keys.marker), .string(seconds))
        do {
            if pause > 0 { try await Task.sleep(for: .milliseconds(pause)) }
            _ = try await lane.blocking(marker, upTo: .milliseconds(milliseconds))
            mailbox.tell(.woken)
        } catch {
            logger.debug("the wait for jobs ended: \(error)")
            mailbox.tell(.waitFailed)
        }
    }

    private func renew(_ tickets: [JobTicket]) async {
        do {
            var lost: [JobTicket] = []
            for start in stride(from: 0, to: tickets.count, by: limits.finishesMax) {
                let part = tickets[start..<min(start + limits.finishesMax, tickets.count)]
                lost += try await queue.renew(Array(part), options)
            }
            mailbox.tell(.renewed(lost: lost))
        } catch {
            logger.warning("locks of jobs cannot be renewed, trying again: \(error)")
            mailbox.tell(.renewalFailed)
        }
    }

    private func recover() async {
        do {
            let ids = try await queue.recoverStalled(options)
            counts.recovered.increment(by: ids.count)
            if !ids.isEmpty { logger.warning("jobs whose worker vanished wait again", metadata: ["jobs": "\(ids)"]) }
        } catch {
            logger.warning("jobs whose worker vanished cannot be looked for: \(error)")
        }
        mailbox.tell(.recoveryEnded)
    }

    private func hand(_ jobs: [HeldJob]) async {
        await handler(jobs.map { TakenJob($0, mailbox) })
    }

    private func report(lost jobs: [Job]) {
        counts.lost.increment(by: jobs.count)
        for job in jobs {
            logger.warning("a job was lost to another worker", metadata: ["job": "\(job.id)"])
            onLost(job)
        }
    }
}
