import Redis
import TestSupport
import Testing

@Suite("A consumer group's reader")
struct StreamConsumerTests {
    @Test("Reads from the beginning in batches; what is acknowledged is settled, also through a pipeline")
    func readsAndAcks() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await client.add(1...5)
            let consumer = StreamConsumer(client, stream: "s", group: "g", consumer: "a", batchMax: 3)
            let first = try #require(try await consumer.next())
            #expect(first.map(\.number) == ["1", "2", "3"])
            #expect(first[0]["body"] == [0, 255, 13, 10])
            try await consumer.ack(first.map(\.id))
            let second = try #require(try await consumer.next())
            #expect(second.map(\.number) == ["4", "5"])
            let replies = try await client.pipeline(consumer.commandsForAck(second.map(\.id)) + [RedisCommand("PING")])
            #expect(replies == [.integer(2), .status("PONG")])
            #expect(try await client.pendingCount() == 0)
        }
    }

    @Test("Waits for what is new")
    func waits() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            let consumer = StreamConsumer(client, stream: "s", group: "g", consumer: "a")
            let next = Task { try await consumer.next() }
            try await eventually("blocked") { try await blockedClients(client) == 1 }
            try await client.add(7...7)
            #expect(try await next.value?.map(\.number) == ["7"])
        }
    }

    @Test("A restarted consumer gets its own unacknowledged entries first, then new ones")
    func ownFirst() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await client.add(1...4)
            let before = StreamConsumer(client, stream: "s", group: "g", consumer: "a", batchMax: 3)
            let lost = try #require(try await before.next())
            try await before.ack([lost[1].id])
            let after = StreamConsumer(client, stream: "s", group: "g", consumer: "a", batchMax: 3)
            #expect(try await after.next()?.map(\.number) == ["1", "3"])
            #expect(try await after.next()?.map(\.number) == ["4"])
        }
    }

    @Test("What a dead consumer left is taken over after its time, not before")
    func takeover() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await client.add(1...2)
            let dead = StreamConsumer(client, stream: "s", group: "g", consumer: "dead")
            #expect(try await dead.next()?.count == 2)
            try await client.add(3...3)
            let patient = StreamConsumer(
                client, stream: "s", group: "g", consumer: "patient", claimAfter: .seconds(3600))
            let new = try #require(try await patient.next())
            #expect(new.map(\.number) == ["3"])
            try await patient.ack(new.map(\.id))
            let heir = StreamConsumer(client, stream: "s", group: "g", consumer: "heir", claimAfter: .milliseconds(1))
            let left = try #require(try await heir.next())
            #expect(left.map(\.number) == ["1", "2"])
            try await heir.ack(left.map(\.id))
            #expect(try await client.pendingCount() == 0)
        }
    }

    @Test("Slow work is not given out a second time by the same consumer")
    func slowWork() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await client.add(1...2)
            let consumer = StreamConsumer(client, stream: "s", group: "g", consumer: "a", claimAfter: .milliseconds(50))
            let slow = try #require(try await consumer.next())
            let next = Task { try await consumer.next() }
            try await eventually("claimed by itself meanwhile") { try await client.deliveries(of: slow[0].id) >= 3 }
            try await client.add(3...3)
            #expect(try await next.value?.map(\.number) == ["3"])
        }
    }

    @Test("A group that is gone is founded anew, and reading goes on", arguments: [true, false])
    func dataLost(byRestart: Bool) async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await client.add(1...2)
            let consumer = StreamConsumer(client, stream: "s", group: "g", consumer: "a")
            _ = try await consumer.next()
            let next = Task { try await consumer.next() }
            try await eventually("blocked") { try await blockedClients(client) == 1 }
            if byRestart {
                try await server.kill()
                try await server.start()
                try await eventually("back") {
                    await outcome { try await client.send(RedisCommand("PING")) }.isAnswered
                }
            } else {
                _ = try await client.send(RedisCommand("FLUSHALL"))
            }
            try await client.add(3...4)
            #expect(try await next.value?.first?.number == "3")
        }
    }

    @Test("Entries trimmed while pending are settled and skipped")
    func trimmed() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await client.add(1...3)
            _ = try await StreamConsumer(client, stream: "s", group: "g", consumer: "a").next()
            _ = try await client.send(RedisCommand("XTRIM", "s", "MAXLEN", 1))
            let again = StreamConsumer(client, stream: "s", group: "g", consumer: "a")
            #expect(try await again.next()?.map(\.number) == ["3"])
            try await eventually("settled") { try await client.pendingCount() == 1 }
        }
    }

    @Test("A lost connection costs no entry: the killed server's unacknowledged ones come again")
    func connectionLost() async throws {
        let server = try await RedisServer.started(.init(appendOnly: true))
        try await withClient(of: server) { client in
            let consumer = StreamConsumer(client, stream: "s", group: "g", consumer: "a", batchMax: 10)
            let reader = Task {
                var seen: Set<String> = []
                while seen.count < 100, let batch = try await consumer.next() {
                    seen.formUnion(batch.compactMap(\.number))
                    try? await consumer.ack(batch.map(\.id))
                }
                return seen.count
            }
            try await client.add(1...50)
            try await server.kill()
            try await server.start()
            try await eventually("back") { await outcome { try await client.send(RedisCommand("PING")) }.isAnswered }
            _ = try await client.send(RedisCommand("CLIENT", "KILL", "SKIPME", "yes", "TYPE", "normal"))
            try await client.add(51...100)
            #expect(try await reader.value == 100)
        }
    }

    @Test("A cancelled reader ends at once; an error that waiting does not mend is thrown")
    func ends() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            let consumer = StreamConsumer(client, stream: "s", group: "g", consumer: "a")
            let next = Task { try await consumer.next() }
            try await eventually("blocked") { try await blockedClients(client) == 1 }
            next.cancel()
            #expect(try await next.value == nil)
            _ = try await client.send(RedisCommand("SET", "text", "a"))
            let wrong = StreamConsumer(client, stream: "text", group: "g", consumer: "a")
            let error = await #expect(throws: RedisError.self) { try await wrong.next() }
            #expect(error?.code == "WRONGTYPE")
        }
    }
}

@Suite("A stream's tail")
struct StreamTailTests {
    @Test("From now on, from an id, from the beginning")
    func starts() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            let ids = try await client.add(1...2)
            let now = StreamTail(client, stream: "s", from: .now)
            try await now.prepare()
            try await client.add(3...3)
            #expect(try await now.next()?.map(\.number) == ["3"])
            #expect(
                try await StreamTail(client, stream: "s", from: .after(ids[0])).next()?.map(\.number) == ["2", "3"])
            #expect(
                try await StreamTail(client, stream: "s", from: .after("0")).next()?.map(\.number) == ["1", "2", "3"])
        }
    }

    @Test("Goes on behind its last entry after the server was killed and restarted")
    func resumes() async throws {
        let server = try await RedisServer.started(.init(appendOnly: true))
        try await withClient(of: server) { client in
            let tail = StreamTail(client, stream: "s", from: .now)
            try await tail.prepare()
            try await client.add(1...1)
            #expect(try await tail.next()?.map(\.number) == ["1"])
            let next = Task { try await tail.next() }
            try await eventually("blocked") { try await blockedClients(client) == 1 }
            try await server.kill()
            try await server.start()
            try await eventually("back") { await outcome { try await client.send(RedisCommand("PING")) }.isAnswered }
            try await client.add(2...2)
            #expect(try await next.value?.map(\.number) == ["2"])
        }
    }
}

extension StreamEntry {
    fileprivate var number: String? { text("number") }
}

extension RedisClient {
    @discardableResult
    fileprivate func add(_ numbers: ClosedRange<Int>) async throws -> [String] {
        let commands = numbers.map {
            RedisCommand.xadd("s", [("number", "\($0)"), ("body", .bytes([0, 255, 13, 10]))], maxLength: 1000)
        }
        return try await pipeline(commands).compactMap(\.string)
    }

    fileprivate func pendingCount() async throws -> Int64? {
        try await send(RedisCommand("XPENDING", "s", "g")).array?.first?.int
    }

    fileprivate func deliveries(of id: String) async throws -> Int64 {
        let list = try await send(RedisCommand("XPENDING", "s", "g", "\(id)", "\(id)", 1))
        return list.array?.first?.array?.last?.int ?? 0
    }
}
