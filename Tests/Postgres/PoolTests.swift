import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

extension PostgresContract {
    @Suite("The pool")
    struct PoolTests {
        private let one = Statement("one", "SELECT 1")

        @Test("Never lends more connections than it has, and serves everyone")
        func bound() async throws {
            let pool = try pool(of: 2)
            let held = Held()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            held.count.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                            _ = try await connection.query(one)
                            held.count.withLock { $0.now -= 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(held.count.withLock { $0.most } == 2)
            #expect((pool.status.idle, pool.status.leased, pool.status.waiting) == (2, 0, 0))
        }

        @Test("Waiting for a connection ends in time, or when the task is cancelled")
        func boundedWait() async throws {
            let pool = try pool(of: 1, acquireTimeout: .milliseconds(200))
            try await pool.withConnection { _ in
                let start = ContinuousClock.now
                #expect(await failure { _ = try await pool.query(one) }?.isUnavailable == true)
                #expect((Duration.milliseconds(200)..<Duration.seconds(5)).contains(.now - start))
            }
            let patient = try self.patientPool()
            try await patient.withConnection { _ in
                let task = Task { await failure { _ = try await patient.query(one) } }
                try await eventually { patient.status.waiting == 1 }
                task.cancel()
                #expect(await task.value?.isUnavailable == true)
                #expect(patient.status.waiting == 0)
            }
            #expect(try await patient.query(one).rows.count == 1)
        }

        private func patientPool() throws -> PostgresPool { try pool(of: 1, acquireTimeout: .seconds(60)) }

        @Test("A transaction left open is rolled back before the next borrower")
        func leftOpen() async throws {
            let pool = try pool(of: 1)
            try await pool.withConnection { connection in
                try await connection.execute("CREATE TEMP TABLE left_open (id int8)")
                try await connection.execute("BEGIN; INSERT INTO left_open VALUES (1)")
            }
            try await pool.withConnection { connection in
                #expect(!connection.isInTransaction)
                let rows = try await count("left_open", connection)
                #expect(rows == 0)
            }
        }

        @Test("At graceful shutdown what is lent is waited for, and newcomers are refused")
        func shutdown() async throws {
            let pool = try pool(of: 2)
            let group = ServiceGroup(services: [pool], logger: quiet)
            let running = Task { try await group.run() }
            try await pool.withConnection { connection in
                await group.triggerGracefulShutdown()
                try await eventually("newcomers are refused") {
                    do { return try await pool.query(one).rows.isEmpty } catch { return true }
                }
                _ = try await connection.query(one)
            }
            try await running.value
            #expect(pool.status.idle == 0)
        }
    }
}

private final class Held: Sendable {
    let count = Mutex((now: 0, most: 0))
}
