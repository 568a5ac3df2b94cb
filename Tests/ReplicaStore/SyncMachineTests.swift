import ListCRDT
import ReplicaStore
import SyncProtocol
import Testing

@Suite("What a sync sends and when")
struct SyncMachineTests {
    typealias Work = SyncMachine.Work

    static func id(_ number: UInt64) -> DocumentID { DocumentID(high: 0, low: number) }
    static let shelf = Work(id: id(0), kind: .shelf)
    static func list(_ number: UInt64, operations: Int = 0) -> Work {
        Work(id: id(number), kind: .list, operations: operations, bytes: operations * 50)
    }

    static func machine(patience: UInt64 = 10_000, _ change: (inout SyncMachine.Limits) -> Void = { _ in })
        -> SyncMachine
    {
        var limits = SyncMachine.Limits()
        limits.patienceMilliseconds = patience
        change(&limits)
        return SyncMachine(limits: limits, seed: 7, now: 0)
    }

    /// Effects in short: `send 1: 0+0 1+3` is batch 1 with document 0, and document 1 with three operations.
    static func words(_ effects: [SyncMachine.Effect]) -> [String] {
        effects.map { effect in
            switch effect {
            case .send(let batch, let claims):
                "send \(batch): " + claims.map { "\($0.id.low)+\($0.operations)" }.joined(separator: " ")
            case .refreshSession: "refresh"
            case .wake(let at): "wake \(at)"
            case .finish(let outcome): "finish \(outcome)"
            }
        }
    }

    @Test("All that is wanted goes in one request, and its answer ends the sync")
    func simple() {
        var machine = Self.machine()
        #expect(
            Self.words(machine.handle(.wanted([Self.shelf, Self.list(1, operations: 3)]), now: 0)) == [
                "send 1: 0+0 1+3"
            ])
        #expect(Self.words(machine.handle(.answered(batch: 1, [.settled, .settled]), now: 5)) == ["finish complete"])
    }

    @Test("Lists found on the shelf go out while its answer is taken in; a document is in one request at a time")
    func found() {
        var machine = Self.machine()
        _ = machine.handle(.wanted([Self.shelf]), now: 0)
        #expect(Self.words(machine.handle(.wanted([Self.shelf, Self.list(1)]), now: 1)) == ["send 2: 1+0"])
        #expect(machine.handle(.answered(batch: 1, [.settled]), now: 2).isEmpty)
        #expect(Self.words(machine.handle(.answered(batch: 2, [.settled]), now: 3)) == ["finish complete"])
    }

    @Test("Requests are filled to the limits, a few at once; a long outbox leaves room for others")
    func limits() {
        var machine = Self.machine {
            $0.operations = 10
            $0.documents = 3
            $0.requestsInFlight = 2
        }
        let works = [
            Self.list(1, operations: 40), Self.list(2, operations: 4), Self.list(3), Self.list(4),
            Self.list(5, operations: 9),
        ]
        #expect(Self.words(machine.handle(.wanted(works), now: 0)) == ["send 1: 1+5 2+4 3+0", "send 2: 4+0 5+9"])
        let answer = machine.handle(
            .answered(batch: 1, [.more(Self.list(1, operations: 35)), .settled, .settled]), now: 9)
        #expect(Self.words(answer) == ["send 3: 1+10"])
    }

    @Test("An unreachable server is tried again after growing pauses, until patience ends")
    func unreachable() {
        var machine = Self.machine(patience: 1_000)
        _ = machine.handle(.wanted([Self.list(1, operations: 2)]), now: 0)
        var transcript: [String] = []
        var now: UInt64 = 0
        for batch in 1...20 {
            let effects = machine.handle(.failed(batch: batch, .unreachable("down")), now: now)
            transcript += Self.words(effects)
            guard case .wake(let at)? = effects.first else { break }
            now = at
            transcript += Self.words(machine.handle(.woken, now: now))
        }
        #expect(transcript.last == "finish unfinished(\"down\")")
        #expect(transcript.count >= 5)
        #expect(transcript.filter { $0.hasPrefix("send") }.allSatisfy { $0.hasSuffix("1+2") })
        #expect(now <= 1_000)
    }

    @Test("Without patience the first setback ends it")
    func impatient() {
        var machine = Self.machine(patience: 0)
        _ = machine.handle(.wanted([Self.list(1, operations: 2)]), now: 0)
        #expect(
            Self.words(machine.handle(.failed(batch: 1, .unreachable("down")), now: 2)) == [
                "finish unfinished(\"down\")"
            ])
        #expect(machine.handle(.woken, now: 9).isEmpty)
    }

    @Test("What was not confirmed rests, while the rest goes on")
    func unconfirmed() {
        var machine = Self.machine { $0.documents = 1 }
        _ = machine.handle(.wanted([Self.list(1, operations: 1), Self.list(2, operations: 1)]), now: 0)
        let rest = machine.handle(.answered(batch: 1, [.unconfirmed(Self.list(1, operations: 1))]), now: 10)
        guard case .wake(let at)? = rest.first else {
            Issue.record("\(rest)")
            return
        }
        #expect(machine.handle(.answered(batch: 2, [.settled]), now: 20).isEmpty)
        #expect(Self.words(machine.handle(.woken, now: at)) == ["send 3: 1+1"])
    }

    @Test("A session that has run out is refreshed once for all requests under way")
    func refresh() {
        var machine = Self.machine { $0.documents = 1 }
        _ = machine.handle(.wanted([Self.list(1), Self.list(2)]), now: 0)
        #expect(Self.words(machine.handle(.failed(batch: 1, .unauthorised), now: 1)) == ["refresh"])
        #expect(Self.words(machine.handle(.refreshed(true), now: 2)) == ["send 3: 1+0"])
        #expect(Self.words(machine.handle(.failed(batch: 2, .unauthorised), now: 3)) == ["send 4: 2+0"])
        #expect(Self.words(machine.handle(.failed(batch: 3, .unauthorised), now: 4)) == ["finish signedOut"])
    }

    @Test("A busy server is left alone for as long as it says")
    func busy() {
        var machine = Self.machine()
        _ = machine.handle(.wanted([Self.list(1)]), now: 0)
        #expect(
            Self.words(machine.handle(.failed(batch: 1, .busy(retryAfterMilliseconds: 3_000)), now: 50)) == [
                "wake 3050"
            ])
        #expect(Self.words(machine.handle(.woken, now: 3_050)) == ["send 2: 1+0"])
    }
}
