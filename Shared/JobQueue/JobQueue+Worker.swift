internal import Redis
internal import Synchronization

// The calls of a worker, as its core words them.
extension JobQueue {
    package func exchange(_ exchange: Exchange, _ options: WorkerOptions) async throws(JobQueueError) -> ExchangeReply {
        var arguments: [RedisArgument] = [
            RedisArgument(exchange.take), RedisArgument(options.lockDuration.wholeMilliseconds),
            .string(exchange.token),
            .string(options.name), exchange.isRepeated ? "1" : "0",
        ]
        for finish in exchange.finishes {
            arguments += [
                .string(finish.ticket.id), .string(finish.ticket.token), .string(finish.kind.rawValue),
                RedisArgument(finish.attemptsMade), .string(finish.text), .string(finish.stackTrace),
                RedisArgument(finish.delayMilliseconds), RedisArgument(finish.retention.count ?? -1),
                RedisArgument(finish.retention.seconds ?? -1), RedisArgument(finish.priority),
            ]
        }
        return try ExchangeReply(await run(Scripts.exchange, arguments), for: exchange, now: now(), optionsRead)
    }

    /// Returns those whose lock was lost.
    package func renew(_ tickets: [JobTicket], _ options: WorkerOptions) async throws(JobQueueError) -> [JobTicket] {
        var arguments = [RedisArgument(options.lockDuration.wholeMilliseconds)]
        for ticket in tickets { arguments += [.string(ticket.id), .string(ticket.token)] }
        let lost = Set(try await run(Scripts.renew, arguments).strings())
        return tickets.filter { lost.contains($0.id) }
    }

    /// Returns the ids of the jobs that were put back.
    package func recoverStalled(_ options: WorkerOptions) async throws(JobQueueError) -> [String] {
        let interval = RedisArgument(options.stalledInterval.wholeMilliseconds)
        return try await run(Scripts.recover, [interval, RedisArgument(options.stalledCountMax)]).strings()
    }
}

extension ExchangeReply {
    /// Reads what the exchange script returns.
    init(
        _ reply: RedisValue, for exchange: Exchange, now: UInt64, _ optionsRead: OptionsRead
    ) throws(JobQueueError) {
        guard let parts = reply.array, parts.count == 4, let verdicts = parts[0].array,
            let taken = parts[1].array, verdicts.count == exchange.finishes.count
        else { throw .unexpectedReply("\(reply)") }
        let due = parts[3].int.flatMap { UInt64(exactly: $0) } ?? 0
        self.init(
            recorded: verdicts.map { $0.int == 1 },
            jobs: taken.compactMap { job in
                guard let fields = job.array, let id = fields.first?.text else { return nil }
                return Job(id: id, values: fields.dropFirst().map(\.text), readOptions: optionsRead.of)
            },
            more: parts[2].int == 1,
            dueInMilliseconds: due == 0 ? nil : due - min(due, now))
    }
}

/// The options read last: the jobs of a queue mostly share theirs, and reading JSON costs more than most of a job.
final class OptionsRead: Sendable {
    private let latest = Mutex((json: "{}", options: JobOptions()))

    func of(_ json: String) -> JobOptions {
        latest.withLock { latest in
            if json != latest.json { latest = (json, JobOptions(json: json)) }
            return latest.options
        }
    }
}

extension RedisValue {
    /// Text as any client may have written it: what is not UTF-8 is replaced.
    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } ?? int.map(String.init) }

    func strings() throws(JobQueueError) -> [String] {
        guard let array else { throw .unexpectedReply("\(self)") }
        return array.compactMap(\.text)
    }
}

extension RedisArgument {
    init(_ number: some BinaryInteger) { self = .int(Int64(clamping: number)) }
}
