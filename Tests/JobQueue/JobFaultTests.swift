import JobQueue
import Redis
import Synchronization
import TestSupport
import Testing

@Suite("When workers and Redis fail", .serialized)
struct JobFaultTests {
    @Test("Workers crash again and again under 2,000 jobs: none is lost, none is completed twice")
    func crashes() async throws {
        try await withQueue(time: JobQueue.systemTime) { queue in
            let seed = UInt64.random(in: .min ... .max)
            let random = Mutex(SeededRandom(seed: seed))
            try await add(2_000, to: queue)
            while try await queue.counts().completed < 1_800 {
                let lives = UInt64(20) + random.withLock { $0.next() % 60 }
                try await withService(worker(queue)) { _ in
                    try await withService(worker(queue)) { _ in try await Task.sleep(for: .milliseconds(lives)) }
                }
            }
            try await finishAll(2_000, queue)
            try await expectEachOnce(2_000, queue, "seed \(seed)")
            #expect(
                try await queue.events().contains { $0.hasPrefix("event stalled") }, "no crash hit a job; seed \(seed)")
        }
    }

    @Test("Redis is killed and comes back while jobs are worked on: none is lost, none is completed twice")
    func redisRestarts() async throws {
        try await withQueue(RedisServer.Options(appendOnly: true), time: JobQueue.systemTime) { queue in
            try await add(1_000, to: queue)
            try await withService(worker(queue)) { _ in
                for goal in [200, 500] {
                    try await eventually(within: .seconds(30)) { (try? await queue.counts().completed) ?? 0 >= goal }
                    try await queue.server.kill()
                    try await queue.server.start()
                }
                try await eventually(within: .seconds(30)) { (try? await queue.counts().completed) == 1_000 }
            }
            try await expectEachOnce(1_000, queue, "restarts")
        }
    }

    @Test("Redis comes back without its data: what was in hand is reported lost, and new jobs are worked on")
    func redisForgets() async throws {
        try await withQueue(time: JobQueue.systemTime) { queue in
            let gate = Gate()
            let lost = Tally()
            _ = try await queue.add((0..<5).map { NewJob(name: "old", data: "\($0)") })
            let worker = JobWorker(
                queue: queue.queue, options: .shortLocks, logger: quiet, onLost: { lost.add($0.name) }
            ) { job in
                if job.name == "old" { await gate.opened() }
                return .completed
            }
            try await withService(worker) { _ in
                try await eventually { try await queue.counts().active == 5 }
                try await queue.server.kill()
                try await queue.server.start()
                gate.open()
                try await eventually { (try? await queue.add(NewJob(name: "new", data: "{}"))) != nil }
                try await eventually { (try? await queue.counts().completed) ?? 0 >= 1 }
                try await eventually { lost.counts == ["old": 5] }
            }
        }
    }

    private func add(_ count: Int, to queue: QueueFixture) async throws {
        try await queue.send("HSET", queue.queue.keys.meta, "opts.maxLenEvents", "1000000")
        for start in stride(from: 0, to: count, by: 500) {
            let options = JobOptions(attempts: 1_000)
            _ = try await queue.add((start..<start + 500).map { NewJob(name: "x", data: "\($0)", options: options) })
        }
    }

    /// Each job leaves its mark in Redis; that is its effect, which at-least-once work may leave twice.
    private func worker(_ queue: QueueFixture) -> JobWorker {
        JobWorker(queue: queue.queue, options: .shortLocks, logger: quiet) { job in
            let mark = RedisCommand("HINCRBY", "effects", .string(job.id), 1)
            guard (try? await queue.redis.send(mark)) != nil else { return .retry(reason: "no Redis") }
            return .completed
        }
    }

    private func finishAll(_ count: Int, _ queue: QueueFixture) async throws {
        try await withService(worker(queue)) { _ in
            try await eventually(within: .seconds(30)) { try await queue.counts().completed == count }
        }
    }

    private func expectEachOnce(_ count: Int, _ queue: QueueFixture, _ note: Comment) async throws {
        #expect(try await queue.counts() == JobCounts(completed: count), note)
        let ids = Set((1...count).map(String.init))
        let completions = try await queue.events().filter { $0.hasPrefix("event completed ") }
        #expect(completions.count == count, note)
        #expect(Set(completions.map { String($0.split(separator: " ")[3]) }) == ids, note)
        let effects = try await queue.send("HKEYS", "effects").array?.compactMap(\.string) ?? []
        #expect(Set(effects) == ids, note)
    }
}

extension WorkerOptions {
    /// A crash is found within a third of a second, and jobs may lose their workers as often as it takes.
    static var shortLocks: WorkerOptions {
        var options = WorkerOptions(name: "worker", batchMax: 16, inFlightMax: 64)
        options.lockDuration = .milliseconds(100)
        options.stalledInterval = .milliseconds(100)
        options.stalledCountMax = 1_000
        return options
    }
}
