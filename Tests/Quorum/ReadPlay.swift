import ListCRDT
import Placement
import Quorum

/// A read quorum, the copies it works on, and the requests under way: what has happened, told line by line.
struct ReadPlay {
    var quorum: ReadQuorum
    var copies: Copies
    private(set) var underWay: [ReadQuorum.Effect] = []
    private(set) var outcome: ReadQuorum.Effect?
    private(set) var outcomes = 0
    private(set) var failed: Set<ShardID> = []
    private(set) var heard: [(event: ReadQuorum.Event?, effects: [ReadQuorum.Effect])] = []

    init(_ a: String, _ b: String, _ c: String, required: Int = 2) {
        quorum = ReadQuorum(home: home, required: required)
        copies = Copies(a, b, c)
        note(nil, quorum.begin())
    }

    /// Plays a script of `a` (the oldest request to it arrives and its answer comes back), `a fails`, `hedge`,
    /// `deadline`.
    mutating func play(_ script: String...) -> String {
        for line in script {
            let words = line.split(separator: " ").map(String.init)
            switch (ShardID(words[0]), words.count) {
            case (let shard?, 1) where home.contains(shard): deliver(underWay.firstIndex { $0.shard == shard })
            case (let shard?, 2): tell(.failed(shard))
            default: tell(line == "hedge" ? .hedge : .deadline)
            }
        }
        return transcript
    }

    var transcript: String {
        heard.map { cause, effects in
            let told = effects.map(describe).joined(separator: ", ")
            let cause = cause.map(describe) ?? "begin"
            return told.isEmpty ? cause : "\(cause) → \(told)"
        }.joined(separator: "\n")
    }

    mutating func deliver(_ place: Int?) {
        guard let place, let event = copies.carryOut(underWay.remove(at: place)) else { return }
        tell(event)
    }

    mutating func tell(_ event: ReadQuorum.Event) {
        if case .failed(let shard) = event {
            underWay.removeAll { $0.shard == shard }
            failed.insert(shard)
        }
        note(event, quorum.handle(event))
    }

    private mutating func note(_ cause: ReadQuorum.Event?, _ effects: [ReadQuorum.Effect]) {
        underWay += effects.filter { $0.shard != nil }
        for effect in effects where effect.shard == nil {
            outcome = effect
            outcomes += 1
        }
        heard.append((cause, effects))
    }

    private func describe(_ event: ReadQuorum.Event) -> String {
        switch event {
        case .answered(let shard, let context, _): "\(shard) answers \(letters(context))"
        case .context(let shard, let context): "\(shard) holds \(letters(context))"
        case .missing(let shard, let delta): "\(shard) sends \(letters(delta.context))"
        case .mended(let shard): "\(shard) is mended"
        case .failed(let shard): "\(shard) fails"
        case .hedge: "hedge"
        case .deadline: "deadline"
        }
    }

    private func describe(_ effect: ReadQuorum.Effect) -> String {
        switch effect {
        case .fetch(let shard): "fetch \(shard)"
        case .fetchContext(let shard): "context of \(shard)?"
        case .fetchMissing(let shard, let since): "\(shard) beyond \(letters(since))?"
        case .mend(let shard, let delta): "mend \(shard) with \(letters(delta.context))"
        case .answer(let context, _): "answer \(letters(context))"
        case .leaveUnanswered: "leave unanswered"
        }
    }
}
