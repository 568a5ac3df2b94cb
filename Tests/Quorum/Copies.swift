import ListCRDT
import Placement
import Quorum

/// The three copies of one document, as the shards `a`, `b` and `c` hold them.
struct Copies {
    var documents: [ShardID: Document]
    /// What the client already has.
    var client = Document(kind: .list)

    /// Each shard holds the edits of the letters given for it: `p` stands for the first edit of replica p, and so on.
    init(_ a: String, _ b: String, _ c: String) {
        let contents = zip(home, [a, b, c]).map { ($0, Copies.document(of: $1)) }
        documents = Dictionary(uniqueKeysWithValues: contents)
    }

    func holds(_ shard: ShardID, _ context: Context) -> Bool {
        context.isSubset(of: documents[shard]?.context ?? Context())
    }

    /// What the shard does when a request of the quorum reaches it, and what it answers.
    mutating func carryOut(_ effect: ReadQuorum.Effect) -> ReadQuorum.Event? {
        switch effect {
        case .fetch(let shard):
            let document = documents[shard] ?? client
            return .answered(shard, context: document.context, delta: document.delta(since: client.context))
        case .fetchContext(let shard):
            return .context(shard, documents[shard]?.context ?? Context())
        case .fetchMissing(let shard, let since):
            return .missing(shard, (documents[shard] ?? client).delta(since: since))
        case .mend(let shard, let delta):
            documents[shard]?.merge(delta)
            return .mended(shard)
        case .answer, .leaveUnanswered:
            return nil
        }
    }

    static func document(of letters: String) -> Document {
        var document = Document(kind: .list)
        for letter in letters { document.merge(edit(letter)) }
        return document
    }

    /// Everyone names one item of their own, and all of them rename the list.
    static func edit(_ letter: Character) -> Delta {
        let code = UInt64(letter.asciiValue ?? 0)
        var scratch = Document(kind: .list)
        let replica = ReplicaID(rawValue: code)
        let stamp = Stamp(time: code << 16, replica: replica)
        let key = letter.isVowel ? EntryKey.head : EntryKey(.items, Identifier(high: 0, low: code))
        return scratch.edit(key, [.set(.name, .string(String(letter)))], dot: Dot(replica, 1), stamp: stamp)
    }
}

extension Character {
    var isVowel: Bool { "aeiou".contains(self) }
}

extension ReadQuorum.Effect {
    var shard: ShardID? {
        switch self {
        case .fetch(let shard), .fetchContext(let shard), .fetchMissing(let shard, _), .mend(let shard, _): shard
        case .answer, .leaveUnanswered: nil
        }
    }
}

/// The letters of a context's dots.
func letters(_ context: Context) -> String {
    let codes = context.ranges.map { UInt8(truncatingIfNeeded: $0.replica.rawValue) }
    return codes.isEmpty ? "nothing" : String(decoding: codes, as: UTF8.self)
}
