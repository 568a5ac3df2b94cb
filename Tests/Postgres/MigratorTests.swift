import Postgres
import Testing

extension PostgresContract {
    @Suite("Migrations")
    struct MigratorTests {
        private let first = Migration(name: "0001-things", sql: "CREATE TABLE thing (id int8 PRIMARY KEY)")
        private let second = Migration(
            name: "0002-names", sql: "ALTER TABLE thing ADD name text; INSERT INTO thing VALUES (1, 'one')")

        @Test("They are applied once, in order, inside the schema")
        func once() async throws {
            let connection = try connection()
            #expect(try await Migrator.apply([first], schema: "once", on: connection) == ["0001-things"])
            #expect(try await Migrator.apply([first, second], schema: "once", on: connection) == ["0002-names"])
            #expect(try await Migrator.apply([first, second], schema: "once", on: connection) == [])
            #expect(try await count("once.thing", connection) == 1)
            #expect(try await Migrator.apply([first, second], schema: "once_more", on: connection).count == 2)
        }

        @Test("Many workers that start at once apply each once")
        func together() async throws {
            let applied = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<6 {
                    let connection = try connection()
                    group.addTask { try await Migrator.apply([first, second], schema: "together", on: connection) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(applied.sorted() == ["0001-things", "0002-names"])
            #expect(try await count("together.thing", connection()) == 1)
        }

        @Test("A changed, unknown, or inserted one is refused with a sentence that names it")
        func refused() async throws {
            let connection = try connection()
            _ = try await Migrator.apply([first, second], schema: "refused", on: connection)
            let changed = Migration(name: second.name, sql: second.sql + " ")
            let inserted = Migration(name: "0001-things-2", sql: "SELECT 1")
            for (migrations, word) in [
                ([first, changed], "changed"), ([first], "0002-names"), ([first, inserted, second], "only added"),
            ] {
                let error = await failure {
                    _ = try await Migrator.apply(migrations, schema: "refused", on: connection)
                }
                #expect(error?.isMisuse == true)
                #expect(error?.description.contains(word) == true)
            }
            let unsorted = await failure {
                _ = try await Migrator.apply([second, first], schema: "refused", on: connection)
            }
            #expect(unsorted?.isMisuse == true)
            #expect(!connection.isInTransaction)
        }

        @Test("One that fails keeps nothing of itself and all of its predecessors")
        func failing() async throws {
            let connection = try connection()
            let wrong = Migration(name: "0002-wrong", sql: "CREATE TABLE half (id int8); SELECT 1 / 0")
            let error = await failure {
                _ = try await Migrator.apply([first, wrong], schema: "failing", on: connection)
            }
            #expect(error?.sqlState == "22012")
            #expect(try await count("failing.migration", connection) == 1)
            #expect(await failure { _ = try await count("failing.half", connection) }?.sqlState == "42P01")
            #expect(try await Migrator.apply([first, second], schema: "failing", on: connection) == ["0002-names"])
        }

        @Test("One that ends its own transaction is refused")
        func commits() async throws {
            let connection = try connection()
            let wrong = Migration(name: "0001-commits", sql: "SELECT 1; COMMIT")
            let error = await failure { _ = try await Migrator.apply([wrong], schema: "commits", on: connection) }
            #expect(error?.isMisuse == true)
        }

        @Test(
            "Schema names that would need care are refused",
            arguments: ["", "1a", "A", "a-b", "a\"b", "pg_x", "ż", String(repeating: "a", count: 64)])
        func names(name: String) {
            #expect(throws: PostgresError.self) { try SchemaName(name) }
        }

        @Test("Other schema names are quoted", arguments: ["a", "_", "shard_01", String(repeating: "z", count: 63)])
        func goodNames(name: String) throws {
            #expect(try SchemaName(name).quoted == "\"\(name)\"")
        }
    }
}
