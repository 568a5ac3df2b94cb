import Testing
import ListCRDT
import Logging
import Messages
import Placement
import Postgres
import ShardStore
import TestSupport

/// A shard on a real Postgres, with the schema made by its migrations.
struct ShardFixture {
    let postgres: PostgresServer
    let pool: PostgresPool
    let cache = VersionCache()
    let owner: ShardOwner

    var writer: ShardWriter { ShardWriter(pool: pool, ownerNumber: owner.number, cache: cache) }
    var reader: ShardReader { ShardReader(pool: pool, cache: cache) }
    /// As a new owner starts: it remembers nothing.
    var coldReader: ShardReader { ShardReader(pool: pool, cache: VersionCache()) }

    static func run(_ body: (ShardFixture) async throws -> Void) async throws {
        let postgres = try await PostgresServer.started(.init(fsync: false))
        do {
            let pool = try await migratedPool(postgres, shard: "s1")
            let owner = try await ShardOwner.takeOver(pool, instance: "test")
            try await body(ShardFixture(postgres: postgres, pool: pool, owner: owner))
        } catch {
            try? await postgres.stop()
            throw error
        }
        try await postgres.stop()
    }

    static func migratedPool(_ postgres: PostgresServer, shard name: String) async throws -> PostgresPool {
        let shard = try #require(ShardID(name))
        let schema = ShardSchema(shard)
        let pool = PostgresPool(
            try schema.configuration(server: postgres.url), size: 2, logger: Logger(label: "test"))
        try await pool.withConnection { connection in
            _ = try await Migrator.apply(ShardMigrations.all, schema: schema.name, on: connection)
        }
        return pool
    }

    func read(_ document: DocumentID, _ what: ReadPayload.What, cold: Bool = false) async throws -> ReadResult {
        let request = FetchRequest(document: document, question: ReadPayload(.list, what))
        return try #require(try await (cold ? coldReader : reader).fetch([request]).first)
    }
}

/// A device that edits a list and tells what it did as operations.
struct Device {
    let replica: ReplicaID
    let user = UserID(high: 7, low: 7)
    var document = Document(kind: .list)
    private var counter: UInt64 = 0

    init(_ number: UInt64) { replica = ReplicaID(rawValue: number) }

    private mutating func next() -> (dot: Dot, stamp: Stamp) {
        counter += 1
        return (Dot(replica, counter), Stamp(time: (1_000 + counter) << 16, replica: replica))
    }

    mutating func add(_ name: String) -> (EntryKey, WritePayload) {
        let (dot, stamp) = next()
        let key = EntryKey(.items, EntryID(dot: dot))
        return (key, payload(document.edit(key, [.set(.name, .string(name))], dot: dot, stamp: stamp)))
    }

    mutating func set(_ key: EntryKey, _ field: Field, _ value: Value) -> WritePayload {
        let (dot, stamp) = next()
        return payload(document.edit(key, [.set(field, value)], dot: dot, stamp: stamp))
    }

    mutating func remove(_ key: EntryKey) -> WritePayload {
        payload(document.remove(key, dot: next().dot))
    }

    func payload(_ delta: Delta) -> WritePayload {
        WritePayload(
            kind: .list,
            operations: LoggedOperation.operations(of: replica, in: delta, author: user, atMilliseconds: 5))
    }
}
