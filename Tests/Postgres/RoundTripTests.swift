import Postgres
import Testing

extension PostgresContract {
    @Suite("Values, there and back in binary form")
    struct RoundTripTests {
        @Test("Numbers keep every bit")
        func integers() async throws {
            let connection = try connection()
            let echo = Statement("echo", "SELECT $1, $2, $1::int4 IS NULL, $3")
            for value in [0, 1, -1, 255, -256, Int64(Int32.max), Int64(Int32.min)] {
                let row = try await connection.query(
                    echo, .int(value), .smallint(Int16(truncatingIfNeeded: value)), .bool(value > 0)
                ).rows[0]
                #expect(try row[0].int() == value)
                #expect(try row[1].int() == Int64(Int16(truncatingIfNeeded: value)))
                #expect(try !row[2].bool())
                #expect(try row[3].bool() == (value > 0))
            }
            let wide = Statement("wide", "SELECT $1, 7::int4, (-7)::int4, 4294967295::oid")
            for value in [Int64.max, Int64.min] {
                let row = try await connection.query(wide, .int(value)).rows[0]
                #expect(try [row[0].int(), row[1].int(), row[2].int(), row[3].int()] == [value, 7, -7, 4_294_967_295])
            }
        }

        @Test("Text and bytes keep every byte, empty ones too")
        func textAndBytes() async throws {
            let connection = try connection()
            let echo = Statement("echo", "SELECT $1, $2")
            var generator = SystemRandomNumberGenerator()
            let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for (text, bytes) in [
                ("", []), ("a", [0]), ("żółw 🐢 '\"\\", [0, 255, 0]), (String(repeating: "ü", count: 70_000), noise),
            ] {
                let row = try await connection.query(echo, .text(text), .bytes(bytes)).rows[0]
                #expect(try row[0].text() == text)
                #expect(try row[1].bytes() == bytes)
            }
        }

        @Test("Arrays keep their elements, empty ones too")
        func arrays() async throws {
            let connection = try connection()
            let echo = Statement("echo", "SELECT $1, $2, $3, $4")
            let noise = (0..<500).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: $0 % 40) }
            let numbers = [Int64.min, -1, 0, 1, .max]
            for (ints, smalls, texts, bytes) in [
                ([], [], [], []), (numbers, [Int16.min, -1, 0, .max], ["", "a", "ß,{}\"NULL"], noise),
            ] as [([Int64], [Int16], [String], [[UInt8]])] {
                let row = try await connection.query(
                    echo, .intArray(ints), .smallintArray(smalls), .textArray(texts), .bytesArray(bytes)
                ).rows[0]
                #expect(try row[0].intArray() == ints)
                #expect(try row[1].intArray() == smalls.map(Int64.init))
                #expect(try row[2].textArray() == texts)
                #expect(try row[3].bytesArray() == bytes)
            }
        }

        @Test("NULL is told from what is empty")
        func null() async throws {
            let connection = try connection()
            let echo = Statement("echo", "SELECT $1::int8, $2::text, $3::bytea, $4::bool, $5::int8[], ''")
            let row = try await connection.query(echo, .null, .null, .null, .null, .null).rows[0]
            #expect((0..<5).allSatisfy { row[$0].isNull } && !row[5].isNull)
            #expect(try row[0].optionalInt() == nil && row[1].optionalText() == nil)
            #expect(try row[2].optionalBytes() == nil && row[3].optionalBool() == nil)
            #expect(try row[5].optionalText() == "")
            #expect(throws: PostgresError.misuse("column 0 is NULL in row 0")) { try row[0].int() }
        }

        @Test("A value read as what it is not, or that is not there, is a typed error")
        func mismatch() async throws {
            let connection = try connection()
            let row = try await connection.query(
                Statement(
                    "odd", "SELECT 1::int8, 'a'::text, 1.5::numeric, ARRAY[1, NULL]::int8[], '{{1,2},{3,4}}'::int8[]")
            ).rows[0]
            #expect(throws: PostgresError.self) { try row[0].text() }
            #expect(throws: PostgresError.self) { try row[1].int() }
            #expect(throws: PostgresError.self) { try row[2].int() }
            #expect(throws: PostgresError.self) { try row[3].intArray() }
            #expect(throws: PostgresError.self) { try row[4].intArray() }
            #expect(throws: PostgresError.self) { try row[5].int() }
            #expect(throws: PostgresError.self) { try row[-1].int() }
        }

        @Test("Arrays carry many rows into one upsert")
        func unnest() async throws {
            let connection = try connection()
            try await connection.execute("CREATE TEMP TABLE pair (id bytea PRIMARY KEY, n int8, note text)")
            let upsert = Statement(
                "upsert",
                """
                INSERT INTO pair SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::text[])
                ON CONFLICT (id) DO UPDATE SET n = pair.n + excluded.n
                """)
            let ids = (0..<300).map { [UInt8($0 % 256), UInt8($0 / 256)] }
            let parameters: [PostgresParameter] = [
                .bytesArray(ids), .intArray((0..<300).map { Int64($0) }), .textArray(ids.map { "\($0)" }),
            ]
            let results = try await connection.pipeline([(upsert, parameters), (upsert, parameters)])
            #expect(results.map(\.affected) == [300, 300])
            let sum = try await connection.query(Statement("sum", "SELECT sum(n)::int8, count(*) FROM pair")).rows[0]
            #expect(try sum[0].int() == 299 * 300)
            #expect(try sum[1].int() == 300)
        }
    }
}
