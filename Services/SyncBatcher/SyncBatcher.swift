import ArgumentParser
import Bus
import JobQueue
import Messages
import Observability
import ZeroMQ

/// `sync-batcher`: takes pushes off the queue `sync`, has them written by the ring, and publishes what was committed.
@main
struct SyncBatcherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync-batcher",
        abstract: "Joins the pushes of devices, has them written, publishes what was committed.")

    @OptionGroup var common: CommonOptions

    @Option(variable: "LARDER_BATCH_JOBS", help: "Jobs taken at once.") var batchJobs = 256
    @Option(variable: "LARDER_JOBS_IN_HAND", help: "Jobs in hand at once.") var jobsInHand = 2_048

    func validate() throws {
        guard (1...1_000).contains(batchJobs), jobsInHand >= batchJobs else {
            throw ValidationError("--batch-jobs must be from 1 to 1000, and --jobs-in-hand at least as many.")
        }
    }

    func run() async throws {
        try await ServiceRuntime.run(role: "sync-batcher", options: common) { context in
            let bus = try BusServices(context, redisURL: common.redisURL.text)
            let correspondent = Correspondent(redis: bus.redis, sender: bus.sender, logger: context.logger)
            let publisher = try ZeroMQPublisher(logger: context.logger)
            let announcer = Announcer(sender: bus.sender, publisher: publisher)
            let batcher = Batcher(correspondent: correspondent, announcer: announcer, logger: context.logger)
            var options = WorkerOptions(name: context.identity.instance, batchMax: batchJobs, inFlightMax: jobsInHand)
            options.lockDuration = .seconds(15)
            options.stalledInterval = .seconds(5)
            let worker = JobWorker(
                queue: try JobQueue(redis: bus.redis, name: SyncJob.queue, events: .none), options: options,
                logger: context.logger
            ) { batcher.handle($0) }
            return bus.named() + [
                NamedService("publisher", publisher),
                NamedService("bridges", BridgeWatch(redis: bus.redis, publisher: publisher, logger: context.logger)),
                NamedService("announcer", announcer),
                NamedService("correspondent", correspondent),
                NamedService("worker", worker),
            ]
        }
    }
}
