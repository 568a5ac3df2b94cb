internal import Metrics

/// What a worker counts, by queue.
struct WorkerCounts: Sendable {
    let taken, completed, retried, failed, lost, recovered: Counter

    init(queue: String) {
        func counter(_ what: String) -> Counter {
            Counter(label: "larder_jobs_\(what)_total", dimensions: [("queue", queue)])
        }
        taken = counter("taken")
        completed = counter("completed")
        retried = counter("retried")
        failed = counter("failed")
        lost = counter("lost")
        recovered = counter("recovered")
    }

    func note(_ exchange: Exchange, _ reply: ExchangeReply) {
        taken.increment(by: reply.jobs.count)
        for (finish, isRecorded) in zip(exchange.finishes, reply.recorded) where isRecorded {
            switch finish.kind {
            case .completed: completed.increment()
            case .failed, .exhausted: failed.increment()
            case .delayed, .waiting: retried.increment()
            case .released: break
            }
        }
    }
}
