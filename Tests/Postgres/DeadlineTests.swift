import Postgres
import TestSupport
import Testing

extension PostgresContract {
    @Suite("Time limits and cancellation")
    struct DeadlineTests {
        private let sleep = Statement("sleep", "SELECT pg_sleep($1::int8 / 1000.0) IS NULL")
        private let one = Statement("one", "SELECT 1")

        @Test("A statement past its limit is refused by the server, and nothing is in doubt")
        func serverTimeout() async throws {
            let connection = try connection { $0.statementTimeout = .milliseconds(200) }
            let error = await failure { _ = try await connection.query(sleep, .int(5_000)) }
            #expect(error?.isStatementTimeout == true)
            #expect(try await connection.query(one).rows.count == 1)
        }

        @Test("A pipeline past its limit is indefinite, and the next one works")
        func pipelineTimeout() async throws {
            let connection = try connection { $0.statementTimeout = .milliseconds(200) }
            let start = ContinuousClock.now
            let error = await failure {
                _ = try await connection.pipeline((0..<20).map { _ in (sleep, [.int(150)]) })
            }
            #expect(error?.mayHaveHappened == true)
            #expect(.now - start < .seconds(2.5))  // all 20 take 3
            #expect(try await connection.query(one).rows.count == 1)
        }

        @Test("Connections that wait hold up neither each other nor anybody else, however many they are")
        func ownThreads() async throws {
            let connections = try (0..<12).map { _ in try connection() }
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for connection in connections {
                    group.addTask { _ = try await connection.query(sleep, .int(1_000)) }
                }
                try await group.waitForAll()
            }
            #expect(.now - start < .seconds(5))  // on the threads of a small pool, in turns: longer
        }

        @Test("Cancelling a waiting task ends its wait at once, and the server stops its statement")
        func cancellation() async throws {
            let (connection, other) = (try connection(), try connection())
            let mark = "SELECT pg_sleep(29.75)"
            let running = Statement(
                "running", "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = $1")
            let isRunning = { try await other.query(running, .text(mark)).rows[0][0].int() > 0 }
            let task = Task { await failure { _ = try await connection.query(Statement("long", mark)) } }
            try await eventually("the statement runs") { try await isRunning() }
            let start = ContinuousClock.now
            task.cancel()
            #expect(await task.value?.mayHaveHappened == true)
            #expect(.now - start < .seconds(10))
            #expect(try await connection.query(one).rows.count == 1)
            try await eventually("the server stops it") { try await !isRunning() }
        }

        @Test("A task that is cancelled already sends nothing, and the connection stays")
        func cancelledBefore() async throws {
            let connection = try connection()
            let own = Statement("own", "SELECT pg_backend_pid()")
            let before = try await connection.query(own).rows[0][0].int()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await failure { _ = try await connection.query(one) }
            }
            #expect(await task.value?.isUnavailable == true)
            #expect(try await connection.query(own).rows[0][0].int() == before)
        }

        @Test("A cancellation ends its own call and never the next one")
        func lateCancellation() async throws {
            let connection = try connection()
            for round in 0..<300 {
                let task = Task { try? await connection.query(one).rows.count }
                async let next = connection.query(one).rows.count
                for _ in 0..<round % 30 { await Task.yield() }
                task.cancel()
                #expect(try await next == 1)
                _ = await task.value
            }
        }
    }
}
