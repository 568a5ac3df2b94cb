import JobQueue
import Redis
import Testing

@Suite("Whose a job is")
struct JobLockTests {
    @Test("Only the holder of the lock finishes a job, once; others are told")
    func oneFinishes() async throws {
        try await withQueue { queue in
            _ = try await queue.add([NewJob(name: "x", data: "{}"), NewJob(name: "x", data: "{}")])
            let jobs = try await queue.take(2, token: "slow:1").jobs
            #expect(try await queue.finish(jobs, .completed, token: "other:1").recorded == [false, false])
            try await queue.send("DEL", queue.queue.keys.lock("1"))
            #expect(try await queue.finish(jobs, .completed, token: "slow:1").recorded == [false, true])
            #expect(try await queue.finish(jobs, .completed, token: "slow:1").recorded == [false, false])
            #expect(try await queue.counts() == JobCounts(active: 1, completed: 1))
        }
    }

    @Test("A renewal lengthens the locks that are held, and names those that are lost")
    func renewal() async throws {
        try await withQueue { queue in
            _ = try await queue.add([NewJob(name: "x", data: "{}"), NewJob(name: "x", data: "{}")])
            let tickets = try await queue.take(2, token: "w:1").jobs.map { JobTicket(id: $0.id, token: "w:1") }
            try await queue.send("SET", queue.queue.keys.lock("2"), "another:1")
            try await queue.send("PEXPIRE", queue.queue.keys.lock("1"), "5000")
            #expect(try await queue.queue.renew(tickets, queue.options) == [tickets[1]])
            let rest = try await queue.send("PTTL", queue.queue.keys.lock("1")).int ?? 0
            #expect(rest > 20_000)
        }
    }

    @Test("A job whose lock ran out is put back in front at the second check, and fails when that happens too often")
    func stalled() async throws {
        try await withQueue { queue in
            _ = try await queue.add([NewJob(name: "x", data: "1"), NewJob(name: "x", data: "2")])
            var options = queue.options
            options.stalledCountMax = 1
            for round in 1...2 {
                let job = try #require(try await queue.take(1, token: "w:\(round)").jobs.first)
                #expect(job.id == "1" && job.deferredFailure == nil && job.stalledCount == round - 1)
                try await queue.send("DEL", queue.queue.keys.lock("1"))
                #expect(try await queue.recover(options) == [])
                #expect(try await queue.recover(options) == ["1"])
            }
            let job = try await queue.take(1).jobs
            #expect(job.map(\.deferredFailure) == ["job stalled more than allowable limit"])
            #expect(try await queue.events().contains("event stalled jobId 1"))
        }
    }

    @Test("A job that is renewed or locked is not stalled, and one check an interval is made")
    func notStalled() async throws {
        try await withQueue { queue in
            _ = try await queue.add(NewJob(name: "x", data: "{}"))
            _ = try await queue.take(1)
            for _ in 0..<3 { #expect(try await queue.recover(queue.options) == []) }
            try await queue.send("DEL", queue.queue.keys.lock("1"))
            #expect(try await queue.queue.recoverStalled(queue.options) == [], "the guard stands")
            #expect(try await queue.counts().active == 1)
        }
    }

    @Test("A repeated exchange gets what the unanswered one took, and its outcomes count once")
    func repeated() async throws {
        try await withQueue { queue in
            _ = try await queue.add(Array(repeating: NewJob(name: "x", data: "{}"), count: 5))
            let first = try await queue.take(2, token: "w:1").jobs
            let finishes = first.map { JobFinish($0, JobTicket(id: $0.id, token: "w:1"), .completed, chance: 0) }
            let unanswered = Exchange(finishes: finishes, take: 2, token: "w:2")
            _ = try await queue.queue.exchange(unanswered, queue.options)
            let again = Exchange(finishes: finishes, take: 2, token: "w:2", isRepeated: true)
            let reply = try await queue.queue.exchange(again, queue.options)
            #expect(reply.recorded == [true, true])
            #expect(reply.jobs.map(\.id).sorted() == ["3", "4"])
            #expect(try await queue.counts() == JobCounts(waiting: 1, active: 2, completed: 2))
            #expect(try await queue.events().filter { $0.contains("completed") }.count == 2)
        }
    }

    @Test("A job given back stands in front, with no attempt counted")
    func released() async throws {
        try await withQueue { queue in
            _ = try await queue.add([NewJob(name: "x", data: "1"), NewJob(name: "x", data: "2")])
            let job = try #require(try await queue.take(1, token: "w:1").jobs.first)
            let finish = JobFinish(releasing: job, JobTicket(id: job.id, token: "w:1"))
            let exchange = Exchange(finishes: [finish], take: 1, token: "w:2")
            let next = try await queue.queue.exchange(exchange, queue.options)
            #expect(next.recorded == [true])
            #expect(next.jobs.map(\.data) == ["1"] && next.jobs.map(\.attemptsMade) == [0])
        }
    }
}
