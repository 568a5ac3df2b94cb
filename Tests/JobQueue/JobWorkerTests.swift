import JobQueue
import Redis
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite("A worker")
struct JobWorkerTests {
    @Test("Works off what is there and what comes while it waits")
    func works() async throws {
        try await withQueue(time: JobQueue.systemTime) { queue in
            let done = Tally()
            _ = try await queue.add((0..<500).map { NewJob(name: "x", data: "\($0)") })
            let worker = JobWorker(queue: queue.queue, options: .fast, logger: quiet) { job in
                done.add(job.data)
                return .completed
            }
            try await withService(worker) { _ in
                try await eventually { try await queue.counts().completed == 500 }
                try await eventually("it waits") { try await queue.isAwaited() }
                _ = try await queue.add(NewJob(name: "x", data: "late"))
                _ = try await queue.add(NewJob(name: "x", data: "later", options: JobOptions(delayMilliseconds: 30)))
                try await eventually(within: .seconds(3)) { try await queue.counts().completed == 502 }
            }
            #expect(done.counts.count == 502 && done.counts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("A slow job holds up no others, and the bound of jobs in hand holds")
    func slowJob() async throws {
        try await withQueue { queue in
            let slow = Gate()
            let inHand = Mutex((now: 0, max: 0))
            _ = try await queue.add((0..<200).map { NewJob(name: $0 == 3 ? "slow" : "x", data: "{}") })
            let worker = JobWorker(queue: queue.queue, options: .fast, logger: quiet) { job in
                inHand.withLock { $0 = ($0.now + 1, max($0.max, $0.now + 1)) }
                if job.name == "slow" { await slow.opened() }
                inHand.withLock { $0.now -= 1 }
                return .completed
            }
            try await withService(worker) { _ in
                try await eventually { try await queue.counts() == JobCounts(active: 1, completed: 199) }
                slow.open()
                try await eventually { try await queue.counts().completed == 200 }
            }
            #expect(inHand.withLock { $0.max } <= 32)
        }
    }

    @Test("A job that is let go of without an outcome is tried again")
    func letGo() async throws {
        try await withQueue { queue in
            _ = try await queue.add(NewJob(name: "x", data: "{}", options: JobOptions(attempts: 2)))
            let worker = JobWorker(queue: queue.queue, options: .fast, logger: quiet) { jobs in
                if let job = jobs.first, job.job.attemptsMade == 1 { job.finish(.completed(result: "2")) }
            }
            try await withService(worker) { _ in
                try await eventually { try await queue.job("1")?.returnValue == "2" }
            }
        }
    }

    @Test("A lock is renewed while its job is worked on; when it is lost the owner is told and the outcome refused")
    func lockLost() async throws {
        try await withQueue { queue in
            let gate = Gate()
            let lost = Tally()
            _ = try await queue.add(NewJob(name: "x", data: "{}"))
            var options = WorkerOptions.fast
            options.lockDuration = .seconds(1)
            let worker = JobWorker(
                queue: queue.queue, options: options, logger: quiet, onLost: { lost.add($0.id) }
            ) { _ in
                await gate.opened()
                return .completed
            }
            try await withService(worker) { _ in
                try await eventually { try await queue.counts().active == 1 }
                var rest = try await queue.lockRest("1")
                try await eventually("the lock's time grows again") {
                    let before = rest
                    rest = try await queue.lockRest("1")
                    return rest > before
                }
                try await queue.send("SET", queue.queue.keys.lock("1"), "another")
                try await eventually { lost.counts == ["1": 1] }
                gate.open()
                _ = try await queue.add(NewJob(name: "x", data: "{}"))
                try await eventually { try await queue.counts() == JobCounts(active: 1, completed: 1) }
            }
            #expect(lost.counts == ["1": 1])
        }
    }

    @Test("A graceful stop takes no more, finishes what is in hand, and gives back what does not end in time")
    func gracefulClose() async throws {
        try await withQueue { queue in
            let gate = Gate()
            let begun = Tally()
            _ = try await queue.add((0..<40).map { NewJob(name: $0 == 0 ? "endless" : "x", data: "{}") })
            var options = WorkerOptions(name: "w", batchMax: 8, inFlightMax: 8)
            options.closeDuration = .seconds(2)
            let worker = JobWorker(queue: queue.queue, options: options, logger: quiet) { job in
                begun.add(job.id)
                if job.name == "endless" {
                    while (try? await Task.sleep(for: .seconds(60))) != nil {}
                } else {
                    await gate.opened()
                }
                return .completed
            }
            let group = ServiceGroup(services: [worker], logger: quiet)
            try await withService(group) { group in
                try await eventually("eight are in hand, not only on their way") { begun.counts.count == 8 }
                await group.triggerGracefulShutdown()
                gate.open()
                try await eventually("seven are finished, one is given back") {
                    try await queue.counts() == JobCounts(waiting: 33, completed: 7)
                }
            }
            let first = try #require(try await queue.take(1).jobs.first)
            #expect(first.name == "endless" && first.attemptsMade == 0)
        }
    }

    @Test("An idle worker stops at once, also while it waits on the marker")
    func idleClose() async throws {
        try await withQueue { queue in
            let worker = JobWorker(queue: queue.queue, options: .fast, logger: quiet) { _ in .completed }
            let group = ServiceGroup(services: [worker], logger: quiet)
            let ended = Tally()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await group.run()
                    ended.add("worker")
                }
                try await eventually("it waits") { try await queue.isAwaited() }
                await group.triggerGracefulShutdown()
                try await eventually(within: .seconds(2)) { ended.counts["worker"] == 1 }
                try await tasks.waitForAll()
            }
        }
    }
}

extension WorkerOptions {
    /// Small bounds, so that they are met.
    static var fast: WorkerOptions { WorkerOptions(name: "worker", batchMax: 16, inFlightMax: 32) }
}

extension QueueFixture {
    /// Milliseconds until a job's lock runs out.
    func lockRest(_ id: String) async throws -> Int64 {
        try await send("PTTL", queue.keys.lock(id)).int ?? 0
    }

    /// Whether a worker waits on the marker, under the name that Bull's dashboards look for.
    func isAwaited() async throws -> Bool {
        try await send("CLIENT", "LIST").string?.split(separator: "\n").contains {
            $0.contains("cmd=bzpopmin") && $0.contains("name=\(queue.keys.clientName(worker: "worker")) ")
        } ?? false
    }
}

/// How often each thing happened.
final class Tally: Sendable {
    private let tally = Mutex<[String: Int]>([:])

    var counts: [String: Int] { tally.withLock { $0 } }
    func add(_ what: String) { tally.withLock { $0[what, default: 0] += 1 } }
}

/// Holds back until it is opened.
final class Gate: Sendable {
    private let isOpen = Mutex(false)

    func open() { isOpen.withLock { $0 = true } }
    func opened() async { try? await eventually(within: .seconds(30)) { isOpen.withLock { $0 } } }
}
