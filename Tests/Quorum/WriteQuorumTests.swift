import Placement
import Quorum
import TestSupport
import Testing

@Suite("A write to three home shards, two required")
struct WriteQuorumTests {
    /// Plays events such as `a committed` and writes beside each what came of it.
    private func transcript(_ events: String...) -> String {
        var quorum = WriteQuorum(home: home, required: 2)
        return events.map { text in
            let words = text.split(separator: " ")
            let event: WriteQuorum.Event =
                switch words.last {
                case "committed": .committed(ShardID(String(words[0])) ?? stranger)
                case "failed": .failed(ShardID(String(words[0])) ?? stranger)
                default: .deadline
                }
            let effects = quorum.handle(event).map { effect in
                switch effect {
                case .confirm: "confirm"
                case .leaveUnconfirmed: "leave unconfirmed"
                case .hint(let absent, let keeper): "hint for \(absent) at \(keeper)"
                }
            }
            return effects.isEmpty ? text : "\(text) → \(effects.joined(separator: ", "))"
        }.joined(separator: "\n")
    }

    @Test("Two commits confirm it; the third's failure leaves a hint with the first")
    func confirmThenHint() {
        #expect(
            transcript("b committed", "a committed", "c failed", "deadline") == """
                b committed
                a committed → confirm
                c failed → hint for c at b
                deadline
                """)
    }

    @Test("One commit and the deadline leave it unconfirmed, not failed, and hint for both others")
    func indefinite() {
        #expect(
            transcript("a committed", "deadline", "b committed") == """
                a committed
                deadline → leave unconfirmed, hint for b at a, hint for c at a
                b committed
                """)
    }

    @Test("A shard that fails before any commit gets its hint when there is a keeper")
    func earlyFailure() {
        #expect(
            transcript("a failed", "c committed", "b committed", "b committed") == """
                a failed
                c committed → hint for a at c
                b committed → confirm
                b committed
                """)
    }

    @Test("A third shard that never answers gets its hint at the deadline")
    func silentThird() {
        #expect(
            transcript("a committed", "b committed", "deadline") == """
                a committed
                b committed → confirm
                deadline → hint for c at a
                """)
    }

    @Test("Two failures end it before the deadline; a late commit yet keeps the hints")
    func tooFewLeft() {
        #expect(
            transcript("a failed", "b failed", "deadline", "c committed") == """
                a failed
                b failed → leave unconfirmed
                deadline
                c committed → hint for a at c, hint for b at c
                """)
    }

    @Test("A commit after a failure counts: the shard has it")
    func failedThenCommitted() {
        #expect(
            transcript("a committed", "b failed", "b committed") == """
                a committed
                b failed → hint for b at a
                b committed → confirm
                """)
    }

    @Test("Repeated commits and shards that are not home never count")
    func strangers() {
        #expect(
            transcript("a committed", "a committed", "x committed", "x failed", "deadline") == """
                a committed
                a committed
                x committed
                x failed
                deadline → leave unconfirmed, hint for b at a, hint for c at a
                """)
    }

    @Test(
        "Every order of up to five answers, repeats, strangers and deadlines goes as the history says", arguments: 1...3
    )
    func everyOrder(required: Int) {
        let alphabet = (home + [stranger]).flatMap { [WriteQuorum.Event.committed($0), .failed($0)] } + [.deadline]
        var histories = 0
        func explore(_ quorum: WriteQuorum, _ twin: WriteTwin, depth: Int) {
            histories += 1
            guard depth > 0 else { return }
            for event in alphabet {
                var (next, nextTwin) = (quorum, twin)
                nextTwin.history.append(event)
                let effects = next.handle(event)
                guard effects == nextTwin.latestEffects, next.isSettled == nextTwin.isSettled else {
                    Issue.record("after \(nextTwin.history): \(effects) and not \(nextTwin.latestEffects)")
                    return
                }
                explore(next, nextTwin, depth: depth - 1)
            }
        }
        explore(WriteQuorum(home: home, required: required), WriteTwin(required: required), depth: 5)
        #expect(histories == 1 + 9 + 81 + 729 + 6_561 + 59_049)
    }

    @Test(
        "Over a whole life: one outcome, confirmed only on enough homes, and each absent home hinted once",
        arguments: SeededRandom.some(300))
    func laws(seed: SeededRandom) {
        var seed = seed
        let copies = Int.random(in: 1...5, using: &seed)
        let homes = (0..<copies).compactMap { ShardID("home-\($0)") }
        let required = Int.random(in: 1...copies, using: &seed)
        var quorum = WriteQuorum(home: homes, required: required)
        var committed: Set<ShardID> = []
        var effects: [WriteQuorum.Effect] = []
        for turn in 0...20 {
            let shard = homes.randomElement(using: &seed) ?? stranger
            let event: WriteQuorum.Event =
                turn == 20 ? .deadline : Bool.random(using: &seed) ? .committed(shard) : .failed(shard)
            if case .committed = event { committed.insert(shard) }
            let now = quorum.handle(event)
            #expect(!now.contains(.confirm) || committed.count >= required, "\(seed)")
            effects += now
        }
        let outcomes = effects.filter { $0 == .confirm || $0 == .leaveUnconfirmed }
        let hinted = effects.compactMap { effect in
            if case .hint(let absent, let keeper) = effect, committed.contains(keeper), absent != keeper {
                absent
            } else {
                nil
            }
        }
        #expect(outcomes.count == 1 && quorum.isSettled, "\(seed)")
        #expect(hinted.count == effects.count - 1 && Set(hinted).count == hinted.count, "\(seed)")
        #expect(committed.isEmpty || committed.union(hinted) == Set(homes), "\(seed)")
    }
}

let home = ["a", "b", "c"].compactMap(ShardID.init)
let stranger = ShardID("x") ?? home[0]
