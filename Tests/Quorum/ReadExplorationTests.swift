import ListCRDT
import Placement
import Quorum
import Testing

/// Plays every order in which answers can arrive, with failures, repeats and the hedge at every point, against real
/// copies. The judge is what the copies then hold and the whole history, not a second implementation.
@Suite("Every order of a read's answers, two of three required")
struct ReadExplorationTests {
    @Test(
        "One outcome, true and on two shards; an answer whenever two shards live; the deadline ends it anywhere",
        arguments: [
            ["p", "p", "p"], ["", "p", "p"], ["p", "", ""], ["pq", "p", "pq"], ["p", "q", ""], ["ae", "ap", "e"],
        ])
    func everyOrder(contents: [String]) {
        let troubles = [
            Trouble(failures: 1, hedges: 1), Trouble(failures: 2), Trouble(failures: 1, repeats: 1),
            Trouble(repeats: 2),
        ]
        for trouble in troubles {
            var exploration = Exploration(contents: contents)
            exploration.explore(ReadPlay(contents[0], contents[1], contents[2]), trouble)
            #expect(exploration.endings > 0)
        }
    }
}

/// What may still go wrong on a path.
struct Trouble {
    var failures = 0
    var repeats = 0
    var hedges = 0

    func without(_ part: WritableKeyPath<Trouble, Int>) -> Trouble? {
        var less = self
        less[keyPath: part] -= 1
        return less[keyPath: part] < 0 ? nil : less
    }
}

struct Exploration {
    let contents: [String]
    private(set) var endings = 0

    init(contents: [String]) { self.contents = contents }

    mutating func explore(_ play: ReadPlay, _ trouble: Trouble) {
        if let outcome = play.outcome {
            endings += 1
            judge(outcome, of: play)
            return
        }
        guard !play.underWay.isEmpty else { return check(false, "it always waits for something", play) }
        checkDeadline(play)
        for place in play.underWay.indices { branch(play, trouble) { $0.deliver(place) } }
        if let less = trouble.without(\.failures) {
            for shard in home { branch(play, less) { $0.tell(.failed(shard)) } }
        }
        if let less = trouble.without(\.hedges) { branch(play, less) { $0.tell(.hedge) } }
        if let less = trouble.without(\.repeats) {
            for event in play.repeatable { branch(play, less) { $0.tell(event) } }
        }
    }

    private mutating func branch(_ play: ReadPlay, _ trouble: Trouble, _ step: (inout ReadPlay) -> Void) {
        var next = play
        step(&next)
        explore(next, trouble)
    }

    private func judge(_ outcome: ReadQuorum.Effect, of play: ReadPlay) {
        check(play.outcomes == 1 && play.heard.last?.effects.last == outcome, "the outcome is one and last", play)
        guard case .answer(let context, let delta) = outcome else {
            return check(play.failed.count == 2, "two failures alone prevent an answer", play)
        }
        var client = play.copies.client
        client.merge(delta)
        let said = context.isEmpty ? "" : letters(context)
        let seen = contents.count { content in content.allSatisfy(said.contains) }
        check(client == Copies.document(of: said), "the delta is what the context says", play)
        check(home.count { play.copies.holds($0, context) } >= 2, "two shards hold the answer", play)
        check(seen >= 2, "it joins what two shards held", play)
    }

    private func checkDeadline(_ play: ReadPlay) {
        var ended = play
        ended.tell(.deadline)
        check(ended.outcome == .leaveUnanswered && ended.outcomes == 1, "the deadline ends it", ended)
        ended.deliver(0)
        check(ended.heard.last?.effects.isEmpty == true, "and nothing comes after", ended)
    }

    private func check(_ holds: Bool, _ claim: Comment, _ play: ReadPlay) {
        if !holds { Issue.record("not so: \(claim)\n\(play.transcript)") }
    }
}

extension ReadPlay {
    /// Answers that may come twice: all, save that a `mended` is one for each mend under way.
    var repeatable: [ReadQuorum.Event] {
        heard.compactMap(\.event).filter { event in
            guard case .mended(let shard) = event else { return event != .hedge }
            return !underWay.contains { if case .mend(shard, _) = $0 { true } else { false } }
        }
    }
}
