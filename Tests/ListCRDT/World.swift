import ListCRDT
import TestSupport

/// A few replicas that edit one list and send each other deltas over a network that loses, repeats and reorders them.
struct World {
    struct Replica {
        let id: ReplicaID
        var clock: HybridClock
        var document = Document(kind: .list)
        /// What the model is told it knows.
        var known: Set<Dot> = []
        var minted: UInt64 = 0
    }

    private(set) var model = HistoryModel()
    private(set) var replicas: [Replica]
    /// Of every operation, in the order made.
    private(set) var deltas: [Delta] = []
    private var now: UInt64 = 1_760_000_000_000
    private let keys: [EntryKey]
    private let allowsRemoval: Bool

    init(replicas count: Int = 3, keys keyCount: Int = 3, allowsRemoval: Bool = true, random: inout SeededRandom) {
        replicas = (0..<count).map { _ in
            let id = ReplicaID(rawValue: random.next())
            return Replica(id: id, clock: HybridClock(replica: id))
        }
        let items = (0..<keyCount).map { _ in EntryKey(.items, EntryID(high: random.next(), low: random.next())) }
        let others = [EntryKey.head, EntryKey(Collection(rawValue: 200), EntryID(high: 1, low: 1 << 60))]
        keys = items + (keyCount > 1 ? others : [])
        self.allowsRemoval = allowsRemoval
    }

    mutating func run(steps: Int, random: inout SeededRandom) throws {
        for _ in 0..<steps {
            switch random.below(10) {
            case 0..<5: try operate(random.below(replicas.count), random: &random)
            case 5..<8: deliver(to: random.below(replicas.count), random: &random)
            case 8: deliverJoined(to: random.below(replicas.count), random: &random)
            default: catchUp(random.below(replicas.count), from: random.below(replicas.count))
            }
        }
    }

    /// Everyone gets everything.
    mutating func heal() {
        for index in replicas.indices {
            for delta in deltas { receive(delta, at: index) }
        }
    }

    private mutating func operate(_ index: Int, random: inout SeededRandom) throws {
        now += UInt64(random.below(3))
        let key = keys[random.below(keys.count)]
        let skewed = now &+ UInt64(random.below(5))
        let (dot, stamp) = (
            Dot(replicas[index].id, replicas[index].minted + 1), replicas[index].clock.next(now: skewed)
        )
        let delta: Delta
        if allowsRemoval, random.chance(4) {
            delta = replicas[index].document.remove(key, dot: dot)
            model.record(key, nil, dot: dot, stamp: stamp, known: replicas[index].known)
        } else {
            let isNew = replicas[index].document.entries[key] == nil
            let changes = World.changes(isNew: isNew, random: &random)
            delta = replicas[index].document.edit(key, changes, dot: dot, stamp: stamp)
            model.record(key, changes, dot: dot, stamp: stamp, known: replicas[index].known)
        }
        try require(!delta.isEmpty, "an operation with a new dot has a delta")
        try require(try Delta(decoding: delta.encoded()) == delta, "a delta survives its encoded form")
        replicas[index].minted += 1
        replicas[index].known.insert(dot)
        deltas.append(delta)
    }

    private static func changes(isNew: Bool, random: inout SeededRandom) -> [FieldChange] {
        var changes: [FieldChange] = isNew ? [.set(.name, .string("first \(random.below(100))"))] : []
        for _ in 0..<random.below(3) {
            switch random.below(6) {
            case 0: changes.append(.set(.name, .string("name \(random.below(100))")))
            case 1: changes.append(.set(.checked, .bool(random.chance(2))))
            case 2: changes.append(.set(Field(rawValue: 900), .bytes([UInt8(random.below(256))])))
            case 3: changes.append(.setTarget(.quantity, Int64(random.below(9))))
            default: changes.append(.add(.quantity, Int64(random.below(7)) - 3))
            }
        }
        return changes
    }

    private mutating func receive(_ delta: Delta, at index: Int) {
        replicas[index].document.merge(delta)
        if let stamp = delta.latestStamp { replicas[index].clock.observe(stamp) }
        replicas[index].known.formUnion(delta.context.dots(limit: 10_000) ?? [])
    }

    private mutating func deliver(to index: Int, random: inout SeededRandom) {
        guard let delta = deltas.randomElement(using: &random) else { return }
        receive(delta, at: index)
    }

    private mutating func deliverJoined(to index: Int, random: inout SeededRandom) {
        guard var joined = deltas.randomElement(using: &random) else { return }
        for _ in 0..<random.below(5) {
            if let delta = deltas.randomElement(using: &random) { joined.merge(delta) }
        }
        receive(joined, at: index)
    }

    private mutating func catchUp(_ index: Int, from other: Int) {
        receive(replicas[other].document.delta(since: replicas[index].document.context), at: index)
    }
}
