import ListCRDT
import Messages
import Placement
import Postgres
import ShardStore
import TestSupport
import Testing

private let list = DocumentID(high: 1, low: 2)

@Suite("A shard in a real Postgres")
struct ShardStoreTests {
    @Test("What was applied is read back whole, from memory and from rows")
    func roundTrip() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            let (milk, first) = device.add("milk")
            let (_, second) = device.add("bread")
            let third = device.set(milk, .checked, .bool(true))
            let contexts = try await shard.writer.apply(
                [first, second, third].map { .init(document: list, payload: $0) })
            #expect(contexts.last == device.document.context)
            for cold in [false, true] {
                let result = try await shard.read(list, .missing(since: Context()), cold: cold)
                var copy = Document(kind: .list)
                copy.merge(try #require(result.delta))
                #expect(copy.encoded() == device.document.encoded())
            }
        }
    }

    @Test("The same operations in another order, twice and in other batches, end in the same bytes")
    func orderDoesNotMatter() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            var other = Device(2)
            let (milk, first) = device.add("milk")
            other.document.merge(Delta(kind: .list, joining: first.operations))
            let writes = [
                first, device.set(milk, .note, .string("fresh")), other.set(milk, .checked, .bool(true)),
                device.remove(milk), other.add("eggs").1,
            ]
            for write in writes.reversed() + writes {
                _ = try await shard.writer.apply([.init(document: list, payload: write)])
            }
            let forward = DocumentID(high: 9, low: 9)
            _ = try await shard.writer.apply(writes.map { .init(document: forward, payload: $0) })
            let one = try await shard.read(list, .missing(since: Context()), cold: true)
            let two = try await shard.read(forward, .missing(since: Context()), cold: true)
            #expect(one.delta?.encoded() == two.delta?.encoded())
            #expect(one.context == two.context)
        }
    }

    @Test("Who may do what is found without reading a list's items, also by a plan made from what the tables hold")
    func accessPlan() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            let items = (0..<2_000).map { device.add("item \($0)").1.operations[0] }
            _ = try await shard.writer.apply([
                .init(document: list, payload: WritePayload(kind: .list, operations: items))
            ])
            let plan = try await shard.pool.withConnection { connection in
                try await connection.execute("ANALYZE")
                try await connection.execute("PREPARE probe AS \(ShardStatements.access.sql)")
                let explain = Statement("explain", "EXPLAIN (ANALYZE, COSTS off) EXECUTE probe('\\x00')")
                return try await connection.query(explain).rows.map { try $0[0].text() }
            }
            let conditions = plan.filter { $0.contains("Index Cond") }
            #expect(conditions.count == 2 && conditions.allSatisfy { $0.contains("collection =") }, "\(plan)")
            #expect(!plan.contains { $0.contains("Filter") }, "\(plan)")
        }
    }

    @Test("A copy is told exactly the operations that it lacks")
    func catchUp() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            let (milk, first) = device.add("milk")
            let before = device.document
            let second = device.set(milk, .checked, .bool(true))
            let (_, third) = device.add("bread")
            _ = try await shard.writer.apply([first, second, third].map { .init(document: list, payload: $0) })
            let result = try await shard.read(list, .missing(since: before.context))
            let missing = device.document.context.subtracting(before.context)
            #expect(result.delta?.context == missing)
            var copy = before
            copy.merge(try #require(result.delta))
            #expect(copy == device.document)
            let operations = try await shard.read(list, .operations(since: before.context))
            #expect(Context(operations.operations.map(\.dot)) == missing)
        }
    }

    @Test("An operation that arrives after the one that replaced it does not come back to life")
    func lateOperation() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            let (milk, first) = device.add("milk")
            var other = Device(2)
            other.document = device.document
            let second = other.set(milk, .name, .string("oat milk"))
            _ = try await shard.writer.apply([.init(document: list, payload: second)])
            _ = try await shard.writer.apply([.init(document: list, payload: first)])
            let result = try await shard.read(list, .entries([milk]), cold: true)
            #expect(result.delta?[milk]?.versions.map(\.dot) == [Dot(other.replica, 1)])
            #expect(try await shard.read(list, .history(limit: 10)).operations.count == 2)
        }
    }

    @Test("A worker that lost its shard commits nothing, and is told so")
    func fenced() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            _ = try await ShardOwner.takeOver(shard.pool, instance: "another")
            await #expect(throws: ShardFailure.self) {
                _ = try await shard.writer.apply([.init(document: list, payload: device.add("milk").1)])
            }
            #expect(try await shard.read(list, .context, cold: true).context.isEmpty)
        }
    }

    @Test("A document of another kind is neither written nor told of")
    func otherKind() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            var write = device.add("milk").1
            _ = try await shard.writer.apply([.init(document: list, payload: write)])
            write.kind = .shelf
            #expect(try await shard.writer.apply([.init(document: list, payload: write)]) == [nil])
            let question = FetchRequest(document: list, question: ReadPayload(.shelf, .context))
            #expect(try await shard.coldReader.fetch([question]).first?.status == .refused)
        }
    }

    @Test("A removed item leaves no row, and its history stays")
    func removal() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            let (milk, first) = device.add("milk")
            let second = device.remove(milk)
            _ = try await shard.writer.apply([first, second].map { .init(document: list, payload: $0) })
            let counts = try await shard.pool.query(ShardStatements.counts).rows.first
            #expect(try counts?[1].int() == 0)
            #expect(try counts?[2].int() == 2)
        }
    }

    @Test("What comes twice in one write is logged once")
    func twiceInOne() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            var (_, write) = device.add("milk")
            write.operations += write.operations
            let contexts = try await shard.writer.apply([.init(document: list, payload: write)])
            #expect(contexts == [device.document.context])
            #expect(try await shard.pool.query(ShardStatements.counts).rows.first?[2].int() == 1)
        }
    }

    @Test("An owner that is wrong about its rows does what the tables say")
    func wrongAboutRows() async throws {
        try await ShardFixture.run { shard in
            let writer = shard.writer
            var device = Device(1)
            let (milk, first) = device.add("milk")
            _ = try await writer.apply([.init(document: list, payload: first)])
            for (table, operations) in [("entry", 2), ("document", 3)] {
                try await shard.pool.withConnection { try await $0.execute("DELETE FROM \(table)") }
                let change = device.set(milk, .checked, .bool(true))
                let contexts = try await writer.apply([.init(document: list, payload: change)])
                #expect(contexts.first != .some(nil), "it is not refused")
                let counts = try #require(try await shard.pool.query(ShardStatements.counts).rows.first)
                #expect(try (0..<3).map { try counts[$0].int() } == [1, 1, Int64(operations)], "\(table)")
            }
        }
    }

    @Test("Hints are kept as ranges of dots")
    func hints() async throws {
        try await ShardFixture.run { shard in
            let absent = try #require(ShardID("s9"))
            let dots = Context([Dot(ReplicaID(rawValue: 1), 1), Dot(ReplicaID(rawValue: 1), 2)])
            try await shard.writer.record([(list, HintPayload(absent: absent, dots: dots))])
            try await shard.writer.record([(list, HintPayload(absent: absent, dots: dots))])
            #expect(try await shard.pool.query(ShardStatements.counts).rows.first?[3].int() == 1)
        }
    }

    @Test("The placement table with the highest epoch is kept")
    func placement() async throws {
        try await ShardFixture.run { shard in
            let zone = try #require(Zone("z1"))
            let members = try (1...3).map { Shard(id: try #require(ShardID("s\($0)")), zone: zone) }
            let stored = StoredPlacement(pool: shard.pool)
            #expect(try await stored.load() == nil)
            for epoch: UInt64 in [2, 5, 3] {
                try await stored.keep(try Balancer.founding(members, replicas: 3, epoch: epoch))
            }
            #expect(try await stored.load()?.epoch == 5)
        }
    }

    @Test("A killed Postgres loses nothing that was committed, and the next batch goes on")
    func serverKilled() async throws {
        try await ShardFixture.run { shard in
            var device = Device(1)
            _ = try await shard.writer.apply([.init(document: list, payload: device.add("milk").1)])
            try await shard.postgres.kill()
            let lost = device.add("bread").1
            await #expect(throws: ShardFailure.self) {
                _ = try await shard.writer.apply([.init(document: list, payload: lost)])
            }
            try await shard.postgres.start()
            try await eventually(within: .seconds(20), "the shard writes again") {
                (try? await shard.writer.apply([.init(document: list, payload: lost)])) != nil
            }
            let result = try await shard.read(list, .missing(since: Context()), cold: true)
            #expect(result.context == device.document.context)
        }
    }
}
