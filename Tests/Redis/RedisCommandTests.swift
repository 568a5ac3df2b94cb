import Redis
import TestSupport
import Testing

@Suite("Commands and replies, against a real server")
struct RedisCommandTests {
    @Test("A pipeline's replies come in the order of its commands, errors among them")
    func pipelineOrder() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            let replies = try await client.pipeline([
                RedisCommand("SET", "text", "a"), RedisCommand("INCR", "text"), RedisCommand("INCRBY", "n", -7),
                RedisCommand("GET", "absent"), RedisCommand("LRANGE", "absent", 0, -1), RedisCommand("GET", "text"),
            ])
            #expect(replies.count == 6)
            #expect(replies.first == .status("OK"))
            #expect(replies[1] == .error("ERR value is not an integer or out of range"))
            #expect(Array(replies[2...]) == [.integer(-7), .null, .array([]), .bytes([97])])
            #expect(try await client.pipeline([]).isEmpty)
        }
    }

    @Test("Ten thousand concurrent commands each get their own answer")
    func manyAtOnce() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            let right = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<10_000 {
                    group.addTask { try await client.send(RedisCommand("ECHO", "\(number)")).int == Int64(number) }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(right == 10_000)
        }
    }

    @Test("Keys and values are binary safe, from empty to megabytes")
    func binarySafe() async throws {
        let server = try await RedisServer.started()
        let everyByte = (0...255).map { UInt8($0) }
        let large = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await withClient(of: server) { client in
            for value in [[], everyByte, Array("\r\n$-1\r\n".utf8), large] {
                _ = try await client.send(RedisCommand("SET", .bytes(everyByte + value.prefix(9)), .bytes(value)))
                let back = try await client.send(RedisCommand("GET", .bytes(everyByte + value.prefix(9))))
                #expect(back.bytes == value)
            }
        }
    }

    @Test("Whole numbers are written exactly, the smallest and the largest too")
    func numbers() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            for number in [0, 9, 10, -1, -10, Int64.max, Int64.min, 1_234_567_890] {
                let echo = try await client.send(RedisCommand("ECHO", .int(number)))
                #expect(echo.int == number)
            }
        }
    }

    @Test("Nested replies keep their shape")
    func nested() async throws {
        let server = try await RedisServer.started()
        let source = "return {1, {'two', {}, false, {redis.error_reply('MY fault')}}, redis.status_reply('fine')}"
        try await withClient(of: server) { client in
            let reply = try await client.send(RedisCommand("EVAL", .string(source), 0))
            let two = RedisValue.bytes(Array("two".utf8))
            let inner = RedisValue.array([two, .array([]), .null, .array([.error("MY fault")])])
            #expect(reply == .array([.integer(1), inner, .status("fine")]))
        }
    }

    @Test("A server's error is thrown with its code, and the connection serves on")
    func serverError() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            _ = try await client.send(RedisCommand("SET", "text", "a"))
            let error = await #expect(throws: RedisError.self) {
                try await client.send(RedisCommand("LPUSH", "text", "b"))
            }
            #expect(error?.code == "WRONGTYPE")
            #expect(error?.mayHaveHappened == false)
            #expect(try await client.send(RedisCommand("GET", "text")).string == "a")
        }
    }

    @Test("A script runs by its digest, and just runs after the server forgot it or was replaced")
    func scripts() async throws {
        let server = try await RedisServer.started()
        let script = RedisScript("add", source: "-- Adds to a counter.\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])")
        try await withClient(of: server) { client in
            #expect(try await client.run(script, keys: ["n"], arguments: [2]) == .integer(2))
            #expect(try await client.run(script, keys: ["n"], arguments: [3]) == .integer(5))
            _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
            #expect(try await client.run(script, keys: ["n"], arguments: [4]) == .integer(9))
            try await server.kill()
            try await server.start()
            try await eventually("back") {
                await outcome { try await client.run(script, keys: ["m"], arguments: [1]) }.isAnswered
            }
            #expect(try await client.run(script, keys: ["m"], arguments: [1]).int ?? 0 >= 2)
        }
    }
}

extension Result where Success == RedisValue, Failure == RedisError {
    var isAnswered: Bool { if case .success = self { true } else { false } }
}
