import ListCRDT
import TestSupport
import Testing

@Suite("Documents merge as the history says")
struct MergeTests {
    @Test("Whatever arrives, in whatever order, twice or not at all, each copy shows what its operations mean")
    func historyDecides() {
        forAll(cases: 1_000 * caseFactor) { random in
            var world = World(random: &random)
            try world.run(steps: 40, random: &random)
            try world.requireMeaning()
            world.heal()
            try world.requireMeaning()
            let encoded = Set(world.replicas.map { $0.document.encoded() })
            try require(encoded.count == 1, "all replicas hold the same bytes when everyone has everything")
        }
    }

    @Test("Join of states and of deltas is commutative, associative and idempotent, and both say the same")
    func joinLaws() {
        forAll(cases: 1_000 * caseFactor) { random in
            var world = World(random: &random)
            try world.run(steps: 30, random: &random)
            let copies = world.replicas.map(\.document)
            var (left, right) = (joined(copies[0], copies[1]), joined(copies[1], copies[0]))
            try require(left == right, "states commute")
            (left, right) = (joined(left, copies[2]), joined(copies[0], joined(copies[1], copies[2])))
            try require(left == right, "states associate")
            try require(joined(left, copies[1]) == left, "states are idempotent")

            let parts = (0..<3).map { _ in world.someDelta(random: &random) }
            let (ab, ba) = (joined(parts[0], parts[1]), joined(parts[1], parts[0]))
            try require(ab == ba, "deltas commute: \(parts)")
            let (first, second) = (joined(ab, parts[2]), joined(parts[0], joined(parts[1], parts[2])))
            try require(first == second, "deltas associate")
            try require(joined(first, parts[1]) == first, "deltas are idempotent")
            try require(try Delta(decoding: first.encoded()) == first, "joined deltas survive their encoded form")

            var (together, oneByOne) = (copies[0], copies[0])
            together.merge(first)
            for part in parts { oneByOne.merge(part) }
            try require(together == oneByOne, "joining joined deltas is joining each")
        }
    }

    @Test("Equal contexts and equal bytes are the same thing")
    func contextIsTheVersion() {
        forAll(cases: 1_000 * caseFactor) { random in
            var world = World(replicas: 2, keys: 2, random: &random)
            try world.run(steps: 16, random: &random)
            var copies = world.replicas.map(\.document)
            // the same operations again by other ways, and with gaps
            for _ in 0..<6 {
                var copy = Document(kind: .list)
                for delta in world.deltas.shuffled(using: &random) where random.below(4) > 0 { copy.merge(delta) }
                copies.append(copy)
            }
            for copy in copies {
                try require(try Document(decoding: copy.encoded()) == copy, "a document survives its encoded form")
                for other in copies {
                    let sameBytes = copy.encoded() == other.encoded()
                    try require((copy.context == other.context) == sameBytes, "\(copy.context) \(other.context)")
                    try require((copy == other) == sameBytes, "equality is that of the bytes")
                }
            }
        }
    }

    @Test("The delta since a context, joined there, gives the union, and holds no version that is known there")
    func deltaSince() {
        forAll(cases: 2_000 * caseFactor) { random in
            var world = World(random: &random)
            try world.run(steps: 30, random: &random)
            let (mine, theirs) = (world.replicas[0].document, world.replicas[1].document)
            let delta = theirs.delta(since: mine.context)
            try require(joined(mine, delta) == joined(mine, theirs), "it gives the union")
            try require(delta.isEmpty == theirs.context.isSubset(of: mine.context), "nothing lacking, nothing sent")
            for (_, change) in delta.entries {
                try require(change.covered.isDisjoint(with: mine.context), "it brings no version that is known")
            }
            let unknown = delta.context.subtracting(mine.context)
            try require(unknown == theirs.context.subtracting(mine.context), "it brings all that is lacking")
            var third = world.replicas[2].document
            third.merge(delta)
            try require(
                third.context == world.replicas[2].document.context.union(delta.context), "it speaks for its context")
        }
    }

    @Test("Joining a stored entry by itself is joining it in its document")
    func entryAlone() {
        forAll(cases: 1_000 * caseFactor) { random in
            var world = World(random: &random)
            try world.run(steps: 25, random: &random)
            let document = world.replicas[0].document
            let delta = world.deltas.randomElement(using: &random) ?? Delta(kind: .list)
            for (key, change) in delta.entries {
                var entry = document.stored(key)
                entry.merge(change, seen: document.context)
                try require(entry == joined(document, delta).stored(key), "the same entry")
                try require(try Entry(decoding: entry.encoded()) == entry, "an entry survives its encoded form")
                try require(try EntryDelta(decoding: change.encoded()) == change, "and so does its delta")
            }
        }
    }

    @Test("An operation that was missed is still missed after a later one that replaced it, and then undoes nothing")
    func missedInTheMiddle() throws {
        var editor = Editor(1)
        let milk = editor.mint()
        let added = editor.edit(milk, [.set(.name, .string("Milk"))])
        let renamed = editor.edit(milk, [.set(.name, .string("Oat milk"))])
        let checked = editor.edit(milk, [.set(.checked, .bool(true))])

        var copy = Document(kind: .list)
        for delta in [added, checked] { copy.merge(delta) }
        #expect(copy.context != editor.document.context)
        #expect(copy.item(milk)?.versions == 2)
        #expect(copy.item(milk)?.name == "Oat milk")
        copy.merge(renamed)
        #expect(copy == editor.document)
        #expect(copy.item(milk)?.versions == 1)
    }
}

func joined(_ document: Document, _ other: Document) -> Document {
    joined(document, other.asDelta)
}

func joined(_ document: Document, _ delta: Delta) -> Document {
    var document = document
    document.merge(delta)
    return document
}

func joined(_ delta: Delta, _ other: Delta) -> Delta {
    var delta = delta
    delta.merge(other)
    return delta
}

extension Document {
    /// What a shard's row holds.
    func stored(_ key: EntryKey) -> Entry {
        entries[key] ?? hidden[key] ?? Entry()
    }
}

extension World {
    /// Every copy against the model.
    func requireMeaning() throws {
        for replica in replicas {
            let document = replica.document
            try require(document.context == Context(replica.known), "the context is the set of operations known")
            let visible = Set(document.entries.keys)
            try require(visible == model.visibleKeys(in: replica.known), "the visible entries")
            for (key, entry) in document.entries {
                let standing = model.standing(key, in: replica.known)
                try require(Set(entry.versions.map(\.dot)) == standing, "the versions that stand")
                let meaning = model.shown(key, in: replica.known)
                try require(HistoryModel.Meaning(entry.shown) == meaning, "what \(key) shows")
                let hasName = entry.shown[.name]?.text?.isEmpty == false
                try require(key.collection != .items || hasName, "a visible item has a name")
            }
            try require(document.list.items.count == visible.count { $0.collection == .items }, "the items listed")
        }
    }

    /// The delta of an operation, of some of them joined, or of what one copy lacks from another.
    func someDelta(random: inout SeededRandom) -> Delta {
        guard var delta = deltas.randomElement(using: &random) else { return Delta(kind: .list) }
        switch random.below(3) {
        case 0: break
        case 1: for other in deltas.shuffled(using: &random).prefix(4) { delta.merge(other) }
        default:
            let since = replicas[random.below(replicas.count)].document.context
            delta = replicas[random.below(replicas.count)].document.delta(since: since)
        }
        return delta
    }
}
