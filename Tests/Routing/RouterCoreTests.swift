import ListCRDT
import Messages
import Placement
import Quorum
import Routing
import Testing

/// A router core, a ring of five shards, and what the core asked for, as lines.
private final class Bench {
    var core = RouterCore(configuration: .standard)
    let table: PlacementTable
    let document = DocumentID(high: 3, low: 4)
    let home: [ShardID]
    private(set) var sent: [(kind: MessageKind, part: Part, stream: String)] = []
    private(set) var hints: [String] = []

    init() throws {
        let zone = try #require(Zone("z1"))
        table = try Balancer.founding(try (1...5).map { Shard(id: try #require(ShardID("s\($0)")), zone: zone) })
        home = table.home(of: Partition(of: document))
        feed(.placement(table), now: 0)
    }

    func feed(_ event: RouterCore.Event, now: UInt64) {
        for effect in core.handle(event, now: now) {
            switch effect {
            case .send(let kind, let part, let stream, _): sent.append((kind, part, stream))
            case .hinted(let absent, let keeper, _): hints.append("\(absent) kept by \(keeper)")
            case .refreshPlacement, .mending: break
            }
        }
    }

    func part(_ payload: [UInt8], id: UInt64 = 77) -> Part {
        Part(id: id, document: document, trace: 9, deadlineMilliseconds: 1_000, payload: payload)
    }

    func asked(_ shard: ShardID, _ kind: MessageKind) -> Part? {
        sent.last { $0.stream == Keys.shard(shard) && $0.kind == kind }?.part
    }

    func applied(
        _ shard: ShardID, _ status: WriteResult.Status, _ context: Context = Context(), now: UInt64 = 1
    ) throws {
        let ask = try #require(asked(shard, .apply))
        feed(.answer(.applied, ask.with(payload: WriteResult(status, context: context).encoded)), now: now)
    }

    func fetched(_ shard: ShardID, _ result: ReadResult, now: UInt64 = 1) throws {
        let ask = try #require(asked(shard, .fetch))
        feed(.answer(.fetched, ask.with(payload: result.encoded)), now: now)
    }

    var replies: [Part] { sent.filter { $0.stream == Keys.reply("asker") }.map(\.part) }
}

@Suite("The router's core")
struct RouterCoreTests {
    private static let dots = Context(Dot(ReplicaID(rawValue: 1), 1))

    private static func write() -> WritePayload {
        var document = Document(kind: .list)
        let replica = ReplicaID(rawValue: 1)
        let delta = document.edit(
            EntryKey(.items, EntryID(dot: Dot(replica, 1))), [.set(.name, .string("milk"))], dot: Dot(replica, 1),
            stamp: Stamp(time: 1 << 16, replica: replica))
        return WritePayload(
            kind: .list,
            operations: LoggedOperation.operations(of: replica, in: delta, author: .zero, atMilliseconds: 1))
    }

    @Test("A write goes to its three home shards at once and is answered at the second commit, with what both hold")
    func write() throws {
        let bench = try Bench()
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 0)
        #expect(bench.sent.map(\.stream) == bench.home.map(Keys.shard))
        // What one of them alone has is not durable: nobody may be told that it is.
        let (one, other) = (Context(Dot(ReplicaID(rawValue: 2), 1)), Context(Dot(ReplicaID(rawValue: 3), 1)))
        try bench.applied(bench.home[0], .committed, Self.dots.union(one))
        #expect(bench.replies.isEmpty)
        try bench.applied(bench.home[2], .committed, Self.dots.union(other))
        let reply = try #require(bench.replies.first)
        let result = try WriteResult(decoding: reply.payload)
        #expect(reply.id == 77)
        #expect(result.status == .committed)
        #expect(result.context == Self.dots)
    }

    @Test("Homes take turns at being read, so that reading mends each of them")
    func turns() throws {
        let bench = try Bench()
        let question = ReadPayload(.list, .missing(since: Context()))
        for number in 0..<30 as Range<UInt64> {
            bench.feed(.request(.read, from: "asker", bench.part(question.encoded, id: number)), now: 0)
        }
        for shard in bench.home {
            #expect(bench.sent.count { $0.stream == Keys.shard(shard) } > 10, "\(shard)")
        }
    }

    @Test("A home shard that nobody owns is not asked; the first that commits keeps its hint")
    func absentShard() throws {
        let bench = try Bench()
        bench.feed(.absent([bench.home[1]]), now: 0)
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 0)
        #expect(bench.sent.count == 2)
        try bench.applied(bench.home[2], .committed)
        #expect(bench.hints == ["\(bench.home[1]) kept by \(bench.home[2])"])
        let hint = try HintPayload(decoding: try #require(bench.asked(bench.home[2], .hint)).payload)
        #expect(hint == HintPayload(absent: bench.home[1], dots: Self.dots))
    }

    @Test("With two home shards absent a write is answered unconfirmed, though one shard gets it")
    func twoAbsent() throws {
        let bench = try Bench()
        bench.feed(.absent([bench.home[0], bench.home[1]]), now: 0)
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 0)
        #expect(try bench.replies.map { try WriteResult(decoding: $0.payload).status } == [.unconfirmed])
        #expect(bench.asked(bench.home[2], .apply) != nil)
    }

    @Test("A silent third shard gets a hint at the deadline, and the write is forgotten")
    func silentThird() throws {
        let bench = try Bench()
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 0)
        try bench.applied(bench.home[0], .committed)
        try bench.applied(bench.home[1], .committed)
        bench.feed(.tick, now: 999)
        #expect(bench.hints.isEmpty)
        bench.feed(.tick, now: 1_000)
        #expect(bench.hints == ["\(bench.home[2]) kept by \(bench.home[0])"])
        #expect(bench.core.operationCount == 0)
    }

    @Test("Its next alarm is the deadline of the oldest request under way, and none when nothing is")
    func nextAlarm() throws {
        let bench = try Bench()
        #expect(bench.core.nextAlarm == nil)
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 0)
        #expect(bench.core.nextAlarm == 1_000)
        for shard in bench.home { try bench.applied(shard, .committed) }
        #expect(bench.core.nextAlarm == nil)
        bench.feed(.request(.read, from: "asker", bench.part(ReadPayload(.list, .context).encoded)), now: 10)
        let alarm = bench.core.nextAlarm
        let hedge = try #require(alarm)
        #expect(hedge < 1_000)
        bench.feed(.tick, now: hedge)
        #expect(bench.core.nextAlarm == 1_000)
        bench.feed(.tick, now: 1_000)
        #expect(bench.core.nextAlarm == nil)
    }

    @Test("A request past its deadline is not carried out")
    func late() throws {
        let bench = try Bench()
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 1_000)
        #expect(bench.sent.isEmpty)
    }

    @Test("A stale placement is taken up anew and the write begins again under it")
    func stale() throws {
        let bench = try Bench()
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 0)
        try bench.applied(bench.home[0], .staleEpoch)
        let newer = try Balancer.founding(bench.table.shards, replicas: 3, epoch: 2)
        bench.feed(.placement(newer), now: 1)
        let home = newer.home(of: Partition(of: bench.document))
        try bench.applied(home[0], .committed)
        try bench.applied(home[1], .committed)
        #expect(try bench.replies.map { try WriteResult(decoding: $0.payload).status } == [.committed])
    }

    @Test("An answer that knows a newer placement, which was taken up meanwhile, has the write begin again at once")
    func staleAfterTakingUp() throws {
        let bench = try Bench()
        bench.feed(.request(.write, from: "asker", bench.part(Self.write().encoded)), now: 0)
        bench.feed(.placement(try Balancer.founding(bench.table.shards, replicas: 3, epoch: 2)), now: 1)
        let asked = bench.sent.count
        try bench.applied(bench.home[0], .staleEpoch)
        #expect(bench.sent.count == asked + 3)
        try bench.applied(bench.home[0], .committed)
        try bench.applied(bench.home[1], .committed)
        #expect(try bench.replies.map { try WriteResult(decoding: $0.payload).status } == [.committed])
    }

    @Test("A read whose two shards agree is answered at once")
    func agreeing() throws {
        let bench = try Bench()
        let delta = Delta(kind: .list, joining: Self.write().operations)
        bench.feed(
            .request(.read, from: "asker", bench.part(ReadPayload(.list, .missing(since: Context())).encoded)), now: 0)
        try bench.fetched(bench.home[0], ReadResult(.found, context: Self.dots, delta: delta))
        try bench.fetched(bench.home[1], ReadResult(.found, context: Self.dots))
        let result = try ReadResult(decoding: try #require(bench.replies.first).payload)
        #expect(result.status == .found)
        #expect(result.delta == delta)
    }

    @Test("A shard that is behind is sent the single operations it lacks before the read is answered")
    func mending() throws {
        let bench = try Bench()
        let write = Self.write()
        bench.feed(
            .request(.read, from: "asker", bench.part(ReadPayload(.list, .missing(since: Context())).encoded)), now: 0)
        try bench.fetched(bench.home[0], ReadResult(.found, context: Context()))
        try bench.fetched(bench.home[1], ReadResult(.found, context: Self.dots))
        try bench.fetched(bench.home[1], ReadResult(.found, context: Self.dots, operations: write.operations))
        #expect(bench.replies.isEmpty)
        let mend = try WritePayload(decoding: try #require(bench.asked(bench.home[0], .apply)).payload)
        #expect(mend == write)
        try bench.applied(bench.home[0], .committed, Self.dots)
        let result = try ReadResult(decoding: try #require(bench.replies.first).payload)
        #expect(result.context == Self.dots)
        #expect(result.delta?.context == Self.dots)
    }

    @Test("A read with two home shards silent is answered unreachable at its deadline")
    func unreachable() throws {
        let bench = try Bench()
        bench.feed(.request(.read, from: "asker", bench.part(ReadPayload(.list, .context).encoded)), now: 0)
        try bench.fetched(bench.home[0], ReadResult(.found, context: Self.dots))
        bench.feed(.tick, now: 1_000)
        #expect(try bench.replies.map { try ReadResult(decoding: $0.payload).status } == [.unreachable])
        #expect(bench.core.operationCount == 0)
    }
}
