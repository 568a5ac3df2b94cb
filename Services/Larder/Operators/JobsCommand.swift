import ArgumentParser
import JobQueue
import Messages
import Redis

/// `larder jobs`: how the queues stand.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Look at the job queues (operators).",
        subcommands: [JobsListCommand.self, JobsFailedCommand.self, JobsRetryCommand.self],
        defaultSubcommand: JobsListCommand.self)

    static let queues = [SyncJob.queue, "membership"]
}

struct JobsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "How many jobs are in which state.")

    @OptionGroup var redis: RedisOptions

    func run() async throws {
        try await redis.withRedis { client in
            print(["QUEUE", "WAITING", "ACTIVE", "DELAYED", "FAILED", "PAUSED"].map { $0.padding(12) }.joined())
            for queue in JobsCommand.queues {
                let counts = try await JobQueue(redis: client, name: queue).counts()
                let cells = [counts.waiting, counts.active, counts.delayed, counts.failed, counts.paused].map(
                    String.init)
                print(([queue] + cells).map { $0.padding(12) }.joined())
            }
        }
    }
}

struct JobsFailedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failed", abstract: "The jobs that failed, newest first, and why.")

    @OptionGroup var redis: RedisOptions
    @Argument(help: "The queue.") var queue = SyncJob.queue
    @Option(help: "At most so many.") var limit = 20

    func run() async throws {
        let (queue, limit) = (queue, limit)
        try await redis.withRedis { client in
            for job in try await JobQueue(redis: client, name: queue).failed(limit: limit) {
                print("\(job.id)  \(job.name)  after \(job.attemptsMade) attempts: \(job.failedReason ?? "")")
            }
        }
    }
}

struct JobsRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Puts failed jobs back into their queue.")

    @OptionGroup var redis: RedisOptions
    @Argument(help: "The queue.") var queue: String
    @Argument(help: "Ids of failed jobs.") var jobs: [String]

    func run() async throws {
        let (queue, jobs) = (queue, jobs)
        try await redis.withRedis { client in
            let retried = try await JobQueue(redis: client, name: queue).retryFailed(jobs)
            print("waiting again: \(retried.joined(separator: " "))")
            if retried.count < jobs.count {
                throw OperatorError("\(jobs.count - retried.count) of them are no failed jobs.")
            }
        }
    }
}
