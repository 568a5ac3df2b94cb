import JobQueue
import Logging
import Redis
import ServiceLifecycle
import Synchronization
import TestSupport

/// A queue on a private Redis, with a clock that only the test moves.
struct QueueFixture: Sendable {
    let server: RedisServer
    let redis: RedisClient
    let queue: JobQueue
    let clock: TestClock
    let options = WorkerOptions(name: "worker")

    func add(_ jobs: [NewJob]) async throws -> [String] { try await queue.add(jobs) }
    func add(_ job: NewJob) async throws -> String { try await queue.add(job) }
    func refuses(_ jobs: [NewJob]) async -> Bool { (try? await queue.add(jobs)) == nil }
    func counts() async throws -> JobCounts { try await queue.counts() }
    func job(_ id: String) async throws -> Job? { try await queue.job(id) }

    func take(_ count: Int, token: String = "test:1") async throws -> ExchangeReply {
        try await queue.exchange(Exchange(finishes: [], take: count, token: token), options)
    }

    func finish(
        _ jobs: [Job], _ outcome: JobOutcome, token: String = "test:1", chance: Double = 0, thenTake count: Int = 0
    ) async throws -> ExchangeReply {
        let finishes = jobs.map { JobFinish($0, JobTicket(id: $0.id, token: token), outcome, chance: chance) }
        return try await queue.exchange(Exchange(finishes: finishes, take: count, token: token), options)
    }

    /// A check for stalled jobs, as if the interval since the last one were over.
    func recover(_ options: WorkerOptions) async throws -> [String] {
        try await send("DEL", queue.keys.base + "stalled-check")
        return try await queue.recoverStalled(options)
    }

    @discardableResult
    func send(_ name: String, _ arguments: String...) async throws -> RedisValue {
        try await redis.send(RedisCommand(name, arguments: arguments.map(RedisArgument.string)))
    }

    func score(of member: String, in set: String) async throws -> Double? {
        try await send("ZSCORE", set, member).string.flatMap(Double.init)
    }

    /// Each event's fields, in words.
    func events() async throws -> [String] {
        try await send("XRANGE", queue.keys.events, "-", "+").array?.map { entry in
            entry.array?.last?.array?.compactMap(\.string).joined(separator: " ") ?? ""
        } ?? []
    }
}

final class TestClock: Sendable {
    private let milliseconds = Mutex<UInt64>(1_800_000_000_000)

    var now: UInt64 { milliseconds.withLock { $0 } }
    func advance(by step: UInt64) { milliseconds.withLock { $0 += step } }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// - Parameter time: `nil`: the test's clock.
func withQueue(
    _ serverOptions: RedisServer.Options = .init(), events: JobQueue.Events = .all,
    time: (@Sendable () -> UInt64)? = nil, _ body: (QueueFixture) async throws -> Void
) async throws {
    let server = try await RedisServer.started(serverOptions)
    try await withService(try RedisClient(RedisConfiguration(url: server.url), name: "test", logger: quiet)) { redis in
        let clock = TestClock()
        let queue = try JobQueue(redis: redis, name: "test", events: events, now: time ?? { clock.now })
        try await body(QueueFixture(server: server, redis: redis, queue: queue, clock: clock))
    }
}

/// Runs a service beside `body`, and cancels it after.
func withService<S: Service, Result: Sendable>(
    _ service: S, _ body: (S) async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run() }
        let result = try await body(service)
        group.cancelAll()
        return result
    }
}
