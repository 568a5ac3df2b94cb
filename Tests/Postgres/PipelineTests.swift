import Postgres
import Testing

extension PostgresContract {
    @Suite("Pipelines")
    struct PipelineTests {
        @Test("A thousand steps go in one round trip and answer in order")
        func thousand() async throws {
            let connection = try connection()
            let next = Statement("next", "SELECT $1 + 1")
            let results = try await connection.pipeline((0..<1_000).map { (next, [.int($0)]) })
            #expect(try results.map { try $0.rows[0][0].int() } == Array(1...1_000))
        }

        @Test("Ten megabytes each way at once do not block each other")
        func bulk() async throws {
            let connection = try connection()
            let echo = Statement("echo", "SELECT $1")
            let bytes = [UInt8](repeating: 7, count: 10_000)
            let results = try await connection.pipeline((0..<1_000).map { _ in (echo, [.bytes(bytes)]) })
            #expect(try results.allSatisfy { try $0.rows[0][0].bytes() == bytes })
        }

        @Test("A refusal in the middle skips the rest, keeps nothing, and leaves the connection usable")
        func refusal() async throws {
            let connection = try connection()
            try await connection.execute("CREATE TEMP TABLE one (id int8 PRIMARY KEY)")
            let insert = Statement("insert", "INSERT INTO one VALUES ($1)")
            let error = await failure { _ = try await connection.pipeline([1, 1, 2].map { (insert, [.int($0)]) }) }
            #expect(error?.isUniqueViolation == true)
            #expect(!connection.isInTransaction)
            #expect(try await count("one", connection) == 0)
            _ = try await connection.pipeline([1, 2].map { (insert, [.int($0)]) })
            #expect(try await count("one", connection) == 2)
        }

        @Test("After BEGIN, a refusal leaves the transaction to be rolled back")
        func refusalInTransaction() async throws {
            let connection = try connection()
            let begin = Statement("begin", "BEGIN")
            let error = await failure {
                _ = try await connection.pipeline([(begin, []), (Statement("zero", "SELECT 1 / $1"), [.int(0)])])
            }
            #expect(error?.sqlState == "22012")
            #expect(connection.isInTransaction)
            await connection.leaveTransaction()
            #expect(!connection.isInTransaction)
            #expect(try await connection.query(Statement("one", "SELECT 1")).rows.count == 1)
        }

        @Test("A commit that is refused at the very end is an error")
        func deferred() async throws {
            let connection = try connection()
            try await connection.execute("CREATE TEMP TABLE late (id int8 UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let insert = Statement("insert", "INSERT INTO late VALUES ($1)")
            let error = await failure { _ = try await connection.pipeline([(insert, [.int(1)]), (insert, [.int(1)])]) }
            #expect(error?.isUniqueViolation == true)
            #expect(try await count("late", connection) == 0)
        }

        @Test("Too many steps, and no steps")
        func bounds() async throws {
            let connection = try connection()
            let one = Statement("one", "SELECT 1")
            let steps = [(Statement, [PostgresParameter])](repeating: (one, []), count: PostgresConnection.stepsMax + 1)
            #expect(await failure { _ = try await connection.pipeline(steps) }?.isMisuse == true)
            #expect(try await connection.pipeline([]).isEmpty)
            #expect(try await connection.pipeline(Array(steps.prefix(5_000))).count == 5_000)
        }

        @Test("Waiting callers take turns and each gets its own answer")
        func callers() async throws {
            let connection = try connection()
            let echo = Statement("echo", "SELECT $1")
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask { try await connection.query(echo, .int(Int64(number))).rows[0][0].int() == number }
                }
                for try await isOwn in group { #expect(isOwn) }
            }
        }
    }

    @Suite("Prepared statements")
    struct PreparedTests {
        private let prepared = Statement(
            "prepared", "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'echo.%'")
        private let echo = Statement("echo", "SELECT $1")

        @Test("A statement is prepared once a connection, also within one pipeline")
        func once() async throws {
            let connection = try connection()
            _ = try await connection.pipeline((0..<10).map { (echo, [.int($0)]) })
            _ = try await connection.query(echo, .int(1))
            #expect(try await connection.query(prepared).rows[0][0].int() == 1)
        }

        @Test("Statements outlive their connection")
        func reconnect() async throws {
            let (connection, other) = (try connection(), try connection())
            _ = try await connection.query(echo, .int(1))
            await connection.close()
            #expect(try await connection.query(echo, .int(2)).rows[0][0].int() == 2)
            let own = Statement("own", "SELECT pg_backend_pid()::int8")
            let processID = try await connection.query(own).rows[0][0].int()
            _ = try await other.query(Statement("end", "SELECT pg_terminate_backend($1::int4, 10000)"), .int(processID))
            #expect(try await connection.query(echo, .int(3)).rows[0][0].int() == 3)
            #expect(try await connection.query(own).rows[0][0].int() != processID)
        }

        @Test("What the server forgot is refused once and then prepared again")
        func forgotten() async throws {
            let connection = try connection()
            _ = try await connection.query(echo, .int(1))
            try await connection.execute("DEALLOCATE ALL")
            #expect(await failure { _ = try await connection.query(echo, .int(2)) }?.sqlState == "26000")
            #expect(try await connection.query(echo, .int(3)).rows[0][0].int() == 3)
        }

        @Test("A preparation that failed is tried again")
        func failedPreparation() async throws {
            let connection = try connection()
            let later = Statement("later", "SELECT count(*) FROM not_yet")
            #expect(
                await failure { _ = try await connection.pipeline([(later, []), (echo, [.int(1)])]) }?.sqlState
                    == "42P01")
            try await connection.execute("CREATE TEMP TABLE not_yet (id int8)")
            _ = try await connection.pipeline([(later, []), (echo, [.int(1)])])
        }

        @Test("A parameter that was NULL at first shows its type later")
        func nullFirst() async throws {
            let connection = try connection()
            try await connection.execute("CREATE TEMP TABLE small (n int4, note text)")
            let insert = Statement("insert", "INSERT INTO small VALUES ($1, $2)")
            _ = try await connection.pipeline([
                (insert, [.null, .text("a")]), (insert, [.int(5), .null]), (insert, [.null, .null]),
                (insert, [.int(6), .text("b")]),
            ])
            let sum = try await connection.query(Statement("sum", "SELECT sum(n), string_agg(note, '') FROM small"))
                .rows[0]
            #expect(try sum[0].int() == 11)
            #expect(try sum[1].text() == "ab")
        }

        @Test("One name for two statements, or with other types, is refused before anything is sent")
        func misuse() async throws {
            let connection = try connection()
            _ = try await connection.query(echo, .int(1))
            let other = Statement("echo", "SELECT $1 || 'x'")
            #expect(await failure { _ = try await connection.query(other, .text("a")) }?.isMisuse == true)
            #expect(await failure { _ = try await connection.query(echo, .text("a")) }?.isMisuse == true)
            #expect(try await connection.query(echo, .int(2)).rows[0][0].int() == 2)
        }
    }
}
