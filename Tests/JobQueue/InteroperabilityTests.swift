import Foundation
import JobQueue
import Redis
import TestSupport
import Testing

/// Bull's own Python client on the other side. `LARDER_TEST_PYTHON` names a Python that has `bullmq==2.26.0`.
@Suite("Bull's client and ours on one queue", .enabled(if: Bull.python != nil, "LARDER_TEST_PYTHON names no Python"))
struct InteroperabilityTests {
    @Test(
        "Jobs that Bull's client adds are worked off by ours: data, options, retries, and it reads what became of them")
    func ours() async throws {
        try await withQueue(time: JobQueue.systemTime) { queue in
            let bull = try Bull(queue)
            let listener = try bull.start("listen", "completed")
            try await eventually { listener.lines.first == "\"ready\"" }
            let ids = try await bull.run("add", "20", as: [String].self)
            let seen = Tally()
            let worker = JobWorker(queue: queue.queue, options: .fast, logger: quiet) { job in
                seen.add(job.data)
                if job.id == ids[0], job.attemptsMade == 0 { return .retry(reason: "not at first") }
                if job.id == ids[1] { return .failed(reason: "never") }
                return .completed(result: #"{"by":"larder"}"#)
            }
            try await withService(worker) { _ in
                try await eventually { try await queue.counts() == JobCounts(completed: 19, failed: 1) }
            }
            #expect(Set(seen.counts.keys) == Set((0..<20).map { #"{"number":\#($0),"text":"\u00e9\n"}"# }))
            let retried = try await bull.run("read", ids[0], as: Bull.Job.self)
            #expect(retried.state == "completed" && retried.returnvalue == ["by": "larder"])
            #expect(retried.attemptsMade == 2 && retried.attemptsStarted == 2 && retried.stacktrace == ["not at first"])
            let failed = try await bull.run("read", ids[1], as: Bull.Job.self)
            #expect(failed.state == "failed" && failed.failedReason == "never" && failed.counts["failed"] == 1)
            try await eventually { listener.lines.count == 2 }
            #expect(listener.lines.last?.contains(#""returnvalue": {"by": "larder"}"#) == true)
        }
    }

    @Test("Jobs that we add are worked off by Bull's client: at once, later, and again after they failed")
    func theirs() async throws {
        try await withQueue(time: JobQueue.systemTime) { queue in
            let bull = try Bull(queue)
            let worker = try bull.start("work", "5")
            let again = JobOptions(attempts: 2, backoff: Backoff(.exponential, milliseconds: 20, jitter: 0.5))
            let later = JobOptions(delayMilliseconds: 300, removeOnComplete: .newest(100))
            _ = try await queue.add([
                NewJob(name: "greet", data: #"{"text":"é"}"#),
                NewJob(name: "greet", data: #"{"fail":true}"#, options: again),
                NewJob(name: "greet", data: "{}", options: later), NewJob(name: "greet", data: "{}", id: "mine"),
            ])
            try await eventually(within: .seconds(20)) { try await queue.counts().completed == 4 }
            _ = try await queue.add(NewJob(name: "greet", data: "{}"))
            try await eventually(within: .seconds(20)) { try await queue.counts() == JobCounts(completed: 5) }
            let retried = try #require(try await queue.job("2"))
            #expect(retried.attemptsMade == 2 && retried.returnValue == #"{"by":"bull"}"#)
            #expect(retried.stackTrace.count == 1 && retried.stackTrace[0].contains("ValueError"))
            try await eventually(within: .seconds(20)) { !worker.process.isRunning }
            let read = try await bull.run("read", "mine", as: Bull.Job.self)
            #expect(read.name == "greet" && read.attempts == 1 && read.state == "completed")
        }
    }

    @Test("Both work on one queue at the same time: each job is done once")
    func together() async throws {
        try await withQueue(time: JobQueue.systemTime) { queue in
            let bull = try Bull(queue)
            let theirs = try bull.start("work", "1000")
            let seen = Tally()
            let ours = JobWorker(queue: queue.queue, options: .fast, logger: quiet) { job in
                seen.add(job.id)
                return .completed
            }
            try await withService(ours) { _ in
                for _ in 0..<20 {
                    _ = try await queue.add((0..<25).map { NewJob(name: "greet", data: "{\"n\":\($0)}") })
                }
                try await eventually(within: .seconds(30)) { try await queue.counts() == JobCounts(completed: 500) }
            }
            #expect(seen.counts.values.allSatisfy { $0 == 1 })
            try await theirs.process.end(SIGKILL)
        }
    }
}

/// Runs the script beside this file against a queue.
private struct Bull {
    struct Job: Decodable {
        let name, state: String
        let attempts, attemptsMade, attemptsStarted: Int
        let returnvalue: [String: String]?
        let failedReason: String?
        let stacktrace: [String]
        let counts: [String: Int]
    }

    /// A run of it, and what it said so far.
    struct Run {
        let process: ChildProcess
        let log: URL

        var lines: [String] {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").map(String.init)
        }
    }

    static let python = ProcessInfo.processInfo.environment["LARDER_TEST_PYTHON"]

    private let command: [String]
    private let directory: TemporaryDirectory

    init(_ queue: QueueFixture) throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Interoperability/bull.py")
        command = [try #require(Self.python), script.path, "\(queue.server.port)", queue.queue.keys.queue]
        directory = try TemporaryDirectory("bull")
    }

    func start(_ arguments: String...) throws -> Run { try start(arguments) }

    /// Runs it to its end and reads its last line.
    func run<Answer: Decodable>(_ arguments: String..., as type: Answer.Type) async throws -> Answer {
        let run = try start(arguments)
        try await eventually(within: .seconds(30), "Bull's client ends: \(run.lines)") { !run.process.isRunning }
        return try JSONDecoder().decode(type, from: Data((run.lines.last ?? "").utf8))
    }

    private func start(_ arguments: [String]) throws -> Run {
        let log = directory.file("\(UInt32.random(in: .min ... .max)).log")
        return Run(process: try ChildProcess(command + arguments, log: log), log: log)
    }
}
