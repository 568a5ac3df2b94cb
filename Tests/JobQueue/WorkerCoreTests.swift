import JobQueue
import Testing

@Suite("What a worker does next")
struct WorkerCoreTests {
    @Test("Takes, hands over, and takes again until the queue is empty; then waits")
    func takeUntilEmpty() {
        var script = Script(batchMax: 2, inFlightMax: 8)
        script.expect(["exchange w:1 take 2 []", "recover"])
        script.reply(jobs: "a", "b", more: true)
        script.expect(["hand a b", "exchange w:2 take 2 []"])
        script.reply()
        script.expect(["wait 5000 after 0"])
    }

    @Test("A lone outcome is sent at once; what comes in meanwhile goes together, and takes the next jobs")
    func naturalBatches() {
        var script = Script(holding: ["a", "b", "c"])
        script.finish("a", .completed)
        script.expect(["exchange w:2 take 6 [a completed]"])
        script.finish("b", .completed)
        script.finish("c", .failed(reason: "no"))
        script.expect([])
        script.reply(recorded: [true], jobs: "d")
        script.expect(["hand d", "exchange w:3 take 7 [b completed, c exhausted]"])
    }

    @Test("With both hands full it neither takes nor waits; a marker it took then is passed on")
    func full() {
        var script = Script(batchMax: 2, inFlightMax: 2)
        script.expect(["exchange w:1 take 2 []", "recover"])
        script.reply(jobs: "a")
        script.expect(["hand a", "wait 5000 after 0"])
        script.finish("a", .completed)
        script.expect(["exchange w:2 take 2 [a completed]"])
        script.reply(recorded: [true], jobs: "b", "c", more: true)
        script.expect(["hand b c"])
        script.tell(.woken)
        script.expect(["exchange w:3 take 0 []"])
        script.reply(more: true)
        script.expect([])
        script.finish("c", .completed, token: "w:2")
        script.expect(["exchange w:4 take 1 [c completed]"])
    }

    @Test("An idle wait ends when the next delayed job is due")
    func delayed() {
        var script = Script(holding: [])
        script.tell(.woken)
        script.expect(["exchange w:2 take 8 []"])
        script.reply(dueInMilliseconds: 120)
        script.expect(["wait 120 after 0"])
    }

    @Test("A refused outcome is reported lost; a job lost while in hand is reported once and its outcome dropped")
    func lost() {
        var script = Script(holding: ["a", "b"])
        script.finish("a", .completed)
        script.expect(["exchange w:2 take 7 [a completed]"])
        script.reply(recorded: [false])
        script.expect(["lost a"])
        script.now = 10_000
        script.expect(["renew b"])
        script.tell(.renewed(lost: [JobTicket(id: "b", token: "w:1")]))
        script.expect(["lost b"])
        script.finish("b", .completed)
        script.expect([])
    }

    @Test("What is being handed in is not renewed: it may be finished when the renewal arrives")
    func renewalLeavesOutWhatLeaves() {
        var script = Script(holding: ["a", "b"])
        script.finish("a", .completed)
        script.expect(["exchange w:2 take 7 [a completed]"])
        script.now = 10_000
        script.expect(["renew b"])
        script.now = 40_000
        script.expect(["recover"])
    }

    @Test("An exchange without an answer is repeated under its token, with its outcomes first and a pause that grows")
    func unanswered() {
        var script = Script(holding: ["a", "b"])
        script.finish("a", .completed)
        script.expect(["exchange w:2 take 7 [a completed]"])
        script.finish("b", .completed)
        script.tell(.exchangeFailed(mayHaveHappened: true))
        script.expect(["exchange w:2 take 8 [a completed, b completed] again after 50"])
        script.tell(.exchangeFailed(mayHaveHappened: false))
        script.expect(["exchange w:2 take 8 [a completed, b completed] again after 100"])
        script.reply(recorded: [true, true], jobs: "c")
        script.expect(["hand c"])
    }

    @Test("One that was never sent goes under a new token")
    func notSent() {
        var script = Script(holding: ["a"])
        script.finish("a", .completed)
        script.expect(["exchange w:2 take 8 [a completed]"])
        script.tell(.exchangeFailed(mayHaveHappened: false))
        script.expect(["exchange w:3 take 8 [a completed] after 50"])
    }

    @Test("A job that stalled too often fails without reaching the handler")
    func deferredFailure() {
        var script = Script(batchMax: 8, inFlightMax: 8)
        script.expect(["exchange w:1 take 8 []", "recover"])
        script.reply(jobs: [job("a", deferredFailure: "stalled"), job("b")])
        script.expect(["hand b", "exchange w:2 take 7 [a exhausted]"])
    }

    @Test("Closing takes no more, waits for what is in hand, and stops when it is handed in")
    func graceful() {
        var script = Script(holding: ["a", "b"])
        script.finish("a", .completed)
        script.expect(["exchange w:2 take 7 [a completed]"])
        script.tell(.close)
        script.tell(.waitFailed)
        script.reply(recorded: [true], jobs: "c")
        script.expect(["exchange w:3 take 0 [c released]"])
        script.finish("b", .completed)
        script.reply(recorded: [true])
        script.expect(["exchange w:4 take 0 [b completed]"])
        script.reply(recorded: [true])
        script.expect(["stop"])
        script.expect([])
    }

    @Test("Past the closing's deadline the rest is given back, once; without Redis it stops all the same")
    func deadline() {
        var script = Script(holding: ["a", "b"])
        script.tell(.close)
        script.tell(.woken)
        script.expect(["exchange w:2 take 0 []"])
        script.reply()
        script.now = 10_000
        script.expect(["exchange w:3 take 0 [a released, b released]"])
        script.finish("a", .completed)
        script.tell(.exchangeFailed(mayHaveHappened: true))
        script.expect(["stop"])
    }
}

/// Plays events to a core and checks what it does, in short words.
private struct Script: ~Copyable {
    private var core: WorkerCore
    var now: UInt64 = 0

    init(batchMax: Int, inFlightMax: Int) {
        let options = WorkerOptions(name: "w", batchMax: batchMax, inFlightMax: inFlightMax)
        core = WorkerCore(identity: "w", limits: WorkerLimits(options), now: 0)
    }

    /// A worker of 8 hands that has taken these under `w:1`, and waits for more.
    init(holding ids: [String]) {
        self.init(batchMax: 8, inFlightMax: 8)
        _ = core.effects(now: 0)
        reply(jobs: ids.map { job($0) })
        _ = core.effects(now: 0)
        tell(.recoveryEnded)
    }

    mutating func tell(_ event: WorkerCore.Event) { core.handle(event, now: now) }

    mutating func finish(_ id: String, _ outcome: JobOutcome, token: String = "w:1") {
        tell(.finished(JobTicket(id: id, token: token), outcome, chance: 0))
    }

    mutating func reply(recorded: [Bool] = [], jobs: [Job], more: Bool = false) {
        tell(.exchanged(ExchangeReply(recorded: recorded, jobs: jobs, more: more)))
    }

    mutating func reply(
        recorded: [Bool] = [], jobs ids: String..., more: Bool = false, dueInMilliseconds: UInt64? = nil
    ) {
        let jobs = ids.map { job($0) }
        tell(
            .exchanged(ExchangeReply(recorded: recorded, jobs: jobs, more: more, dueInMilliseconds: dueInMilliseconds)))
    }

    mutating func expect(_ effects: [String], _ location: SourceLocation = #_sourceLocation) {
        #expect(core.effects(now: now).map(words) == effects, sourceLocation: location)
    }
}

private func job(_ id: String, deferredFailure: String? = nil) -> Job {
    let values: [String?] = ["work", "{}", "{}", "0", "0", "0", "1", nil, nil, nil, nil, deferredFailure]
    guard let job = Job(id: id, values: values) else { preconditionFailure("a job has a name") }
    return job
}

private func words(_ effect: WorkerCore.Effect) -> String {
    switch effect {
    case .exchange(let exchange, let pause):
        let outcomes = exchange.finishes.map { "\($0.ticket.id) \($0.kind)" }.joined(separator: ", ")
        let again = (exchange.isRepeated ? " again" : "") + (pause > 0 ? " after \(pause)" : "")
        return "exchange \(exchange.token) take \(exchange.take) [\(outcomes)]" + again
    case .wait(let milliseconds, let pause): return "wait \(milliseconds) after \(pause)"
    case .renew(let tickets): return (["renew"] + tickets.map(\.id)).joined(separator: " ")
    case .recover: return "recover"
    case .hand(let jobs): return (["hand"] + jobs.map(\.job.id)).joined(separator: " ")
    case .reportLost(let jobs): return (["lost"] + jobs.map(\.id)).joined(separator: " ")
    case .stop: return "stop"
    }
}
