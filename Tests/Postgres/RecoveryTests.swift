import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("A server that goes away and comes back")
struct RecoveryTests {
    private let one = Statement("one", "SELECT 1")

    @Test("A restart between two uses goes unnoticed")
    func idleRestart() async throws {
        let server = try await PostgresServer.started(.init(fsync: false))
        let pool = try pool(of: 2, on: server)
        _ = try await pool.query(one)
        try await server.stop()
        try await server.start()
        #expect(try await pool.query(one).rows.count == 1)
        try await server.kill()
        try await server.start()
        #expect(try await pool.query(one).rows.count == 1)
        try await server.stop()
    }

    @Test("While the server is down callers are told, within the limit, that nothing was done; then it works again")
    func down() async throws {
        let server = try await PostgresServer.started(.init(fsync: false))
        let pool = try pool(of: 1, on: server) { $0.reconnectTimeout = .milliseconds(300) }
        _ = try await pool.query(one)
        try await server.stop()
        let start = ContinuousClock.now
        #expect(await failure { _ = try await pool.query(one) }?.isUnavailable == true)
        #expect(.now - start < .seconds(5))
        #expect(pool.status.failure != nil)
        try await server.start()
        #expect(try await pool.query(one).rows.count == 1)
        #expect(pool.status.failure == nil && pool.status.idle == 1)
        try await server.stop()
    }

    @Test("A connection lost inside a transaction says so instead of going on outside of it")
    func lostTransaction() async throws {
        let server = try await PostgresServer.started(.init(fsync: false))
        let connection = try connection(to: server)
        try await connection.execute("BEGIN")
        try await server.kill()
        try await server.start()
        #expect(await failure { _ = try await connection.query(one) }?.isUnavailable == true)
        #expect(!connection.isInTransaction)
        #expect(try await connection.query(one).rows.count == 1)
        try await server.stop()
    }

    @Test("A server that stops answering holds up its callers no longer than the limit, and others not at all")
    func paused() async throws {
        let server = try await PostgresServer.started(.init(fsync: false))
        let connection = try connection(to: server) {
            $0.statementTimeout = .milliseconds(300)
            $0.connectTimeout = .milliseconds(300)
            $0.reconnectTimeout = .milliseconds(300)
        }
        _ = try await connection.query(one)
        try await server.pause()
        let ticks = Atomic(0)
        let ticker = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(2))
                ticks.wrappingAdd(1, ordering: .relaxed)
            }
        }
        let start = ContinuousClock.now
        #expect(await failure { _ = try await connection.query(one) }?.mayHaveHappened == true)
        #expect(await failure { _ = try await connection.query(one) }?.isUnavailable == true)
        #expect(.now - start < .seconds(10))
        #expect(ticks.load(ordering: .relaxed) > 10)
        ticker.cancel()
        server.resume()
        #expect(try await connection.query(one).rows.count == 1)
        try await server.stop()
    }

    @Test("Killed while in use: all that was acknowledged is there, nothing that was definitely not done is")
    func killedInUse() async throws {
        let server = try await PostgresServer.started()
        let pool = try pool(of: 3, on: server)
        try await pool.withConnection { try await $0.execute("CREATE TABLE written (id int8 PRIMARY KEY)") }
        let outcomes = Outcomes()
        let writers = Task {
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<6 { group.addTask { await write(from: writer, through: pool, outcomes) } }
            }
        }
        for round in 1...3 {
            let target = outcomes.acknowledgedCount + 200
            try await eventually(within: .seconds(30), "round \(round) is written") {
                outcomes.acknowledgedCount >= target
            }
            try await server.kill()
            try await server.start()
        }
        let target = outcomes.acknowledgedCount + 200
        try await eventually(within: .seconds(30), "it recovered") { outcomes.acknowledgedCount >= target }
        writers.cancel()
        await writers.value
        let rows = try await pool.query(Statement("all", "SELECT id FROM written")).rows
        let written = Set(try rows.map { try $0[0].int() })
        let (acknowledged, indefinite) = outcomes.settled
        #expect(acknowledged.isSubset(of: written))
        #expect(written.isSubset(of: acknowledged.union(indefinite)))
        try await server.stop()
    }

    private func write(from writer: Int, through pool: PostgresPool, _ outcomes: Outcomes) async {
        let insert = Statement("insert", "INSERT INTO written VALUES ($1)")
        var id = Int64(writer)
        while !Task.isCancelled {
            id += 1_000
            do {
                _ = try await pool.query(insert, .int(id))
                outcomes.acknowledge(id)
            } catch {
                if error.mayHaveHappened { outcomes.leaveOpen(id) }
            }
        }
    }
}

private final class Outcomes: Sendable {
    private let state = Mutex<(acknowledged: Set<Int64>, indefinite: Set<Int64>)>(([], []))

    var acknowledgedCount: Int { state.withLock { $0.acknowledged.count } }
    var settled: (acknowledged: Set<Int64>, indefinite: Set<Int64>) { state.withLock { $0 } }

    func acknowledge(_ id: Int64) { state.withLock { _ = $0.acknowledged.insert(id) } }
    func leaveOpen(_ id: Int64) { state.withLock { _ = $0.indefinite.insert(id) } }
}
