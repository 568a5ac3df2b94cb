import ListCRDT
import Placement
import Quorum
import TestSupport
import Testing

@Suite("Reads and writes at once, over three copies with random lag, losses and failures")
struct SessionSimulationTests {
    @Test("Every read sees all that was confirmed or answered before it began", arguments: SeededRandom.some(30))
    func guarantees(seed: SeededRandom) {
        var simulation = Simulation(seed: seed)
        for _ in 0..<1_500 { simulation.step() }
        #expect(simulation.broken.isEmpty, "\(seed): \(simulation.broken)")
        #expect(simulation.confirmed > 20 && simulation.answered > 20, "\(seed)")
    }

    @Test("The check catches reads that do not mend, and writes confirmed by one")
    func catchesBugs() {
        let broken = SeededRandom.some(20).map { seed in
            var (unmended, hasty) = (Simulation(seed: seed), Simulation(seed: seed))
            unmended.required.reads = 1
            hasty.required.writes = 1
            for _ in 0..<1_500 {
                unmended.step()
                hasty.step()
            }
            return [!unmended.broken.isEmpty, !hasty.broken.isEmpty]
        }
        #expect(broken.contains { $0[0] } && broken.contains { $0[1] })
    }
}

/// Clients that write and read one list through the real machines. A request reaches its shard, and its answer the
/// machine, in any order and after any time; some are lost, some shards report failure.
struct Simulation {
    private enum Parcel {
        case write(Int, ShardID, Delta)
        case written(Int, WriteQuorum.Event)
        case request(Int, ReadQuorum.Effect)
        case reply(Int, ReadQuorum.Event)
    }

    private struct Reading {
        var quorum: ReadQuorum
        /// What was confirmed or answered when it began.
        let floor: Context
    }

    var required = (writes: 2, reads: 2)
    private(set) var broken: [String] = []
    private(set) var confirmed = 0
    private(set) var answered = 0
    private var seed: SeededRandom
    private var copies = Copies("", "", "")
    private var parcels: [Parcel] = []
    private var writes: [(quorum: WriteQuorum, delta: Delta)] = []
    private var reads: [Reading] = []
    /// All that some client has been told is saved, or has been shown.
    private var known = Context()
    private var author = Document(kind: .list)

    init(seed: SeededRandom) { self.seed = seed }

    mutating func step() {
        switch Int.random(in: 0..<24, using: &seed) {
        case 0: beginWrite()
        case 1: beginRead()
        case 2: tellRandomRead(Bool.random(using: &seed) ? .hedge : .deadline)
        default:
            guard !parcels.isEmpty else { return }
            let parcel = parcels.remove(at: Int.random(in: parcels.indices, using: &seed))
            if Int.random(in: 0..<30, using: &seed) > 0 { arrive(parcel) }
        }
    }

    private mutating func beginWrite() {
        let replica = ReplicaID(rawValue: UInt64.random(in: 1...3, using: &seed))
        let dot = Dot(replica, author.context.highest(of: replica) + 1)
        let key = EntryKey(.items, Identifier(high: 0, low: UInt64.random(in: 0..<6, using: &seed)))
        let stamp = Stamp(time: UInt64(writes.count) << 16, replica: replica)
        let isRemoval = Int.random(in: 0..<3, using: &seed) == 0
        let edit = [FieldChange.set(.name, .string("\(dot.counter)"))]
        let delta = isRemoval ? author.remove(key, dot: dot) : author.edit(key, edit, dot: dot, stamp: stamp)
        writes.append((WriteQuorum(home: home, required: required.writes), delta))
        parcels += home.map { .write(writes.count - 1, $0, delta) }
    }

    private mutating func beginRead() {
        let order = home.shuffled(using: &seed)
        reads.append(Reading(quorum: ReadQuorum(home: order, required: required.reads), floor: known))
        carryOut(reads[reads.count - 1].quorum.begin(), of: reads.count - 1)
    }

    private mutating func tellRandomRead(_ event: ReadQuorum.Event) {
        guard let read = reads.indices.randomElement(using: &seed) else { return }
        parcels.append(.reply(read, event))
    }

    private mutating func arrive(_ parcel: Parcel) {
        let fails = Int.random(in: 0..<20, using: &seed) == 0
        switch parcel {
        case .write(let write, let shard, let delta):
            if !fails { copies.documents[shard]?.merge(delta) }
            parcels.append(.written(write, fails ? .failed(shard) : .committed(shard)))
        case .written(let write, let event):
            for effect in writes[write].quorum.handle(event) where effect == .confirm {
                confirmed += 1
                known.formUnion(writes[write].delta.context)
            }
        case .request(let read, let effect):
            if fails, let shard = effect.shard {
                parcels.append(.reply(read, .failed(shard)))
            } else if let event = copies.carryOut(effect) {
                parcels.append(.reply(read, event))
            }
        case .reply(let read, let event):
            carryOut(reads[read].quorum.handle(event), of: read)
        }
    }

    private mutating func carryOut(_ effects: [ReadQuorum.Effect], of read: Int) {
        for effect in effects {
            if case .answer(let context, let delta) = effect { check(read, context, delta) }
            if effect.shard != nil { parcels.append(.request(read, effect)) }
        }
    }

    private mutating func check(_ read: Int, _ context: Context, _ delta: Delta) {
        answered += 1
        var client = Document(kind: .list)
        client.merge(delta)
        let holders = home.count { copies.holds($0, context) }
        if client.context != context { broken.append("read \(read): the delta is not what the context says") }
        if holders < required.reads { broken.append("read \(read): its answer is on \(holders) shards") }
        if !reads[read].floor.isSubset(of: context) { broken.append("read \(read): misses what was known before it") }
        known.formUnion(context)
    }
}
