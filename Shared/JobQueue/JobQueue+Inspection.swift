internal import Redis

/// How many jobs are in which state.
package struct JobCounts: Sendable, Hashable {
    package let waiting, paused, active, delayed, prioritized, completed, failed: Int

    package init(
        waiting: Int = 0, paused: Int = 0, active: Int = 0, delayed: Int = 0, prioritized: Int = 0, completed: Int = 0,
        failed: Int = 0
    ) {
        self.waiting = waiting
        self.paused = paused
        self.active = active
        self.delayed = delayed
        self.prioritized = prioritized
        self.completed = completed
        self.failed = failed
    }
}

// For people: what is in the queue, and another try for what failed.
extension JobQueue {
    package func counts() async throws(JobQueueError) -> JobCounts {
        let lists = [keys.wait, keys.paused, keys.active].map { RedisCommand("LLEN", .string($0)) }
        let sets = [keys.delayed, keys.prioritized, keys.completed, keys.failed].map {
            RedisCommand("ZCARD", .string($0))
        }
        let counts = try await pipeline(lists + sets).map { Int($0.int ?? 0) }
        guard counts.count == 7 else { throw .unexpectedReply("\(counts.count) counts") }
        return JobCounts(
            waiting: counts[0], paused: counts[1], active: counts[2], delayed: counts[3], prioritized: counts[4],
            completed: counts[5], failed: counts[6])
    }

    /// `nil`: there is no such job, or it was finished and not kept.
    package func job(_ id: String) async throws(JobQueueError) -> Job? {
        try await jobs([id]).first
    }

    /// The jobs that failed, the newest first.
    package func failed(limit: Int = 100, offset: Int = 0) async throws(JobQueueError) -> [Job] {
        let last = offset + min(limit, Self.jobsPerCallMax) - 1
        let range = RedisCommand("ZREVRANGE", .string(keys.failed), RedisArgument(offset), RedisArgument(last))
        guard last >= offset, let ids = try await pipeline([range]).first else { return [] }
        return try await jobs(ids.strings())
    }

    /// Lets failed jobs be tried again with all their attempts. Returns the ids that were failed and wait now.
    package func retryFailed(_ ids: [String]) async throws(JobQueueError) -> [String] {
        guard !ids.isEmpty else { return [] }
        guard ids.count <= Self.jobsPerCallMax else { throw .tooManyJobs(ids.count, max: Self.jobsPerCallMax) }
        return try await run(Scripts.revive, ids.map(RedisArgument.string)).strings()
    }

    private func jobs(_ ids: [String]) async throws(JobQueueError) -> [Job] {
        let reads = ids.map { id in
            RedisCommand("HMGET", arguments: ([keys.job(id)] + Job.fields).map(RedisArgument.string))
        }
        return zip(ids, try await pipeline(reads)).compactMap { id, reply in
            Job(id: id, values: reply.array?.map(\.text) ?? [])
        }
    }

    private func pipeline(_ commands: [RedisCommand]) async throws(JobQueueError) -> [RedisValue] {
        do {
            return try await redis.pipeline(commands)
        } catch {
            throw .redis(error)
        }
    }
}
