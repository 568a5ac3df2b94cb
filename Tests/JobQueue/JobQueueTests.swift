import JobQueue
import Redis
import Testing

@Suite("The queue in Redis")
struct JobQueueTests {
    @Test("Jobs added in one call get numbers and are taken in their order, many in one call")
    func firstInFirstOut() async throws {
        try await withQueue { queue in
            let added = try await queue.add((0..<300).map { NewJob(name: "count", data: "\($0)") })
            #expect(added == (1...300).map(String.init))
            let reply = try await queue.take(200)
            #expect(reply.jobs.map(\.id) == Array(added.prefix(200)))
            #expect(reply.jobs.map(\.data) == (0..<200).map(String.init))
            #expect(reply.more)
            #expect(try await queue.counts() == JobCounts(waiting: 100, active: 200))
            #expect(try await queue.take(200).jobs.count == 100)
            #expect(try await queue.take(200).more == false)
        }
    }

    @Test("An own id is added once; ids and names that would break the layout are refused")
    func ownIDs() async throws {
        try await withQueue { queue in
            let job = NewJob(name: "hint", data: "{}", id: "hint-a")
            let ids = try await queue.add([job, job])
            #expect(ids == ["hint-a", "hint-a"])
            #expect(try await queue.add(NewJob(name: "next", data: "{}")) == "3")
            #expect(try await queue.counts().waiting == 2)
            for id in ["", "a:b", "17"] {
                #expect(await queue.refuses([NewJob(name: "x", data: "{}", id: id)]), "an id “\(id)”")
            }
            #expect(await queue.refuses(Array(repeating: job, count: JobQueue.jobsPerCallMax + 1)))
            #expect(QueueKeys(queue: "a:b") == nil)
        }
    }

    @Test("One call hands in outcomes and takes the next; what is not to be kept is gone, of the rest the newest stay")
    func completeAndTakeNext() async throws {
        try await withQueue { queue in
            let kept = JobOptions(removeOnComplete: .newest(2))
            let plain = NewJob(name: "x", data: "{}", options: JobOptions(removeOnComplete: .none))
            _ = try await queue.add([plain] + Array(repeating: NewJob(name: "x", data: "{}", options: kept), count: 4))
            let first = try await queue.take(1)
            let second = try await queue.finish(first.jobs, .completed, thenTake: 4)
            #expect(second.recorded == [true])
            #expect(second.jobs.map(\.id) == ["2", "3", "4", "5"])
            #expect(try await queue.job("1") == nil)
            queue.clock.advance(by: 1)
            #expect(try await queue.finish([second.jobs[0]], .completed(result: "[7]")).recorded == [true])
            queue.clock.advance(by: 1)
            #expect(try await queue.finish(Array(second.jobs.dropFirst()), .completed).recorded == [true, true, true])
            #expect(try await queue.counts() == JobCounts(completed: 2))
            #expect(try await queue.job("2") == nil)
            let last = try #require(try await queue.job("5"))
            #expect(last.returnValue == "null" && last.attemptsMade == 1 && last.attemptsStarted == 1)
            #expect(last.finishedMilliseconds == queue.clock.now)
        }
    }

    @Test("A retry waits in `delayed` for its backoff, with Bull's score, and fails when its attempts are used up")
    func retries() async throws {
        try await withQueue { queue in
            let backoff = Backoff(.exponential, milliseconds: 1_000, jitter: 0.5)
            let options = JobOptions(attempts: 3, backoff: backoff, removeOnFail: .newest(10))
            _ = try await queue.add(NewJob(name: "x", data: "{}", options: options))
            for (attempt, wait) in [(1, UInt64(750)), (2, 1_500)] {
                let job = try await queue.take(1).jobs
                #expect(job.map(\.attemptsMade) == [attempt - 1])
                _ = try await queue.finish(job, .retry(reason: "try \(attempt)"), chance: 0.5)
                #expect(
                    try await queue.score(of: "1", in: queue.queue.keys.delayed)
                        == Double((queue.clock.now + wait) * 4_096))
                queue.clock.advance(by: wait - 2)
                let early = try await queue.take(1)
                #expect(early.jobs.isEmpty && early.dueInMilliseconds == 2)
                queue.clock.advance(by: 2)
            }
            _ = try await queue.finish(try await queue.take(1).jobs, .retry(reason: "try 3"))
            let failed = try #require(try await queue.queue.failed().first)
            #expect(failed.failedReason == "try 3" && failed.attemptsMade == 3)
            #expect(failed.stackTrace == ["try 1", "try 2", "try 3"])
            #expect(try await queue.counts() == JobCounts(failed: 1))
        }
    }

    @Test("A job without backoff is tried again behind the others; one that cannot work fails at once")
    func retryAtOnce() async throws {
        try await withQueue { queue in
            _ = try await queue.add(
                Array(repeating: NewJob(name: "x", data: "{}", options: JobOptions(attempts: 9)), count: 3))
            let jobs = try await queue.take(2).jobs
            let next = try await queue.finish([jobs[0]], .retry(reason: "not yet"), thenTake: 2)
            #expect(next.jobs.map(\.id) == ["3", "1"])
            _ = try await queue.finish([jobs[1]], .failed(reason: "never"))
            #expect(try await queue.queue.failed().map(\.id) == ["2"])
        }
    }

    @Test("A failed job can be looked at and tried again with all its attempts")
    func retryFailed() async throws {
        try await withQueue { queue in
            _ = try await queue.add([NewJob(name: "x", data: "[1]"), NewJob(name: "x", data: "[2]")])
            for reason in ["first", "second"] {
                _ = try await queue.finish(try await queue.take(1).jobs, .failed(reason: reason))
                queue.clock.advance(by: 1)
            }
            #expect(try await queue.queue.failed().map(\.failedReason) == ["second", "first"])
            #expect(try await queue.queue.failed(limit: 1, offset: 1).map(\.data) == ["[1]"])
            #expect(try await queue.queue.retryFailed(["1", "none"]) == ["1"])
            #expect(try await queue.counts() == JobCounts(waiting: 1, failed: 1))
            let again = try await queue.take(5).jobs
            #expect(again.map(\.id) == ["1"] && again.map(\.attemptsMade) == [0] && again.map(\.failedReason) == [nil])
        }
    }

    @Test("A job for later waits; jobs due in one millisecond keep their order")
    func delayed() async throws {
        try await withQueue { queue in
            let later = JobOptions(delayMilliseconds: 500)
            _ = try await queue.add((1...5).map { NewJob(name: "x", data: "\($0)", options: later) })
            #expect(try await queue.take(5).dueInMilliseconds == 500)
            #expect(try await queue.score(of: "1", in: queue.queue.keys.marker) == Double(queue.clock.now + 500))
            queue.clock.advance(by: 500)
            #expect(try await queue.take(9).jobs.map(\.data) == ["1", "2", "3", "4", "5"])
        }
    }

    @Test("While paused, jobs gather in `paused` and none is taken")
    func paused() async throws {
        try await withQueue { queue in
            try await queue.send("HSET", queue.queue.keys.meta, "paused", "1")
            _ = try await queue.add(NewJob(name: "x", data: "{}"))
            let reply = try await queue.take(1)
            #expect(reply.jobs.isEmpty && !reply.more)
            #expect(try await queue.counts() == JobCounts(paused: 1))
        }
    }

    @Test("Events tell a job's life as Bull's do, and the stream keeps to its length")
    func events() async throws {
        try await withQueue { queue in
            _ = try await queue.add(NewJob(name: "x", data: "{}", options: JobOptions(attempts: 2)))
            _ = try await queue.finish(try await queue.take(1).jobs, .retry(reason: "no", afterMilliseconds: 5))
            queue.clock.advance(by: 5)
            _ = try await queue.finish(try await queue.take(1).jobs, .completed)
            #expect(
                try await queue.events() == [
                    "event added jobId 1 name x", "event waiting jobId 1", "event active jobId 1 prev waiting",
                    "event delayed jobId 1 delay \(queue.clock.now)", "event waiting jobId 1 prev delayed",
                    "event active jobId 1 prev waiting", "event completed jobId 1 returnvalue null prev active",
                    "event drained",
                ])
            try await queue.send("HSET", queue.queue.keys.meta, "opts.maxLenEvents", "100")
            for _ in 0..<3 { _ = try await queue.add(Array(repeating: NewJob(name: "x", data: "{}"), count: 200)) }
            #expect(try await queue.events().count < 400)
        }
        try await withQueue(events: .none) { queue in
            _ = try await queue.add(NewJob(name: "x", data: "{}"))
            _ = try await queue.finish(try await queue.take(1).jobs, .completed)
            #expect(try await queue.events().isEmpty)
        }
    }
}
