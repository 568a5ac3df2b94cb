internal import Foundation
package import Redis

/// A queue in Redis, in BullMQ v5's layout: Bull's own clients and dashboards read it and work on it.
package struct JobQueue: Sendable {
    package enum Events: Sendable {
        /// All that Bull's `QueueEvents` read, in `bull:<queue>:events`: about four entries a job.
        case all
        /// For a queue that nobody follows, and that must be fast.
        case none
    }

    /// Jobs in one call of `add`, `retryFailed` or `failed`.
    package static let jobsPerCallMax = 1_000

    package let keys: QueueKeys
    let redis: RedisClient
    private let events: Events
    let optionsRead = OptionsRead()
    /// The time in milliseconds since 1970.
    let now: @Sendable () -> UInt64

    /// - Parameter name: neither empty nor with a `:`.
    package init(
        redis: RedisClient, name: String, events: Events = .all, now: @escaping @Sendable () -> UInt64 = Self.systemTime
    ) throws(JobQueueError) {
        guard let keys = QueueKeys(queue: name) else { throw .invalidQueueName(name) }
        self.keys = keys
        self.redis = redis
        self.events = events
        self.now = now
    }

    package static let systemTime: @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970 * 1_000) }

    /// Adds jobs in one call: all or none. Returns their ids, in order; a job whose own id exists already is not added
    /// again.
    ///
    /// After an indefinite error they may have been added; jobs with ids of their own can be added again safely.
    package func add(_ jobs: [NewJob]) async throws(JobQueueError) -> [String] {
        guard !jobs.isEmpty else { return [] }
        guard jobs.count <= Self.jobsPerCallMax else { throw .tooManyJobs(jobs.count, max: Self.jobsPerCallMax) }
        if let job = jobs.first(where: { !$0.hasValidID }) { throw .invalidJobID(job.id ?? "") }
        var arguments: [RedisArgument] = []
        arguments.reserveCapacity(jobs.count * 5)
        var shared = (options: JobOptions(), json: JobOptions().json)
        for job in jobs {
            if job.options != shared.options { shared = (job.options, job.options.json) }
            arguments += [
                .string(job.id ?? ""), .string(job.name), .string(job.data), .string(shared.json),
                RedisArgument(job.options.delayMilliseconds),
            ]
        }
        return try await run(Scripts.add, arguments).strings()
    }

    package func add(_ job: NewJob) async throws(JobQueueError) -> String {
        try await add([job]).first ?? ""
    }

    /// Runs a script with the keys and the first arguments that all of them have.
    func run(_ script: RedisScript, _ arguments: [RedisArgument]) async throws(JobQueueError) -> RedisValue {
        let head: [RedisArgument] = [.string(keys.base), RedisArgument(now()), events == .all ? "1" : "0"]
        do {
            return try await redis.run(script, keys: keys.forScripts, arguments: head + arguments)
        } catch {
            throw .redis(error)
        }
    }
}
