import Redis
import TestSupport
import Testing

@Suite("A lane for blocking commands")
struct RedisLaneTests {
    @Test("Who blocks holds nobody up, and is answered when there is something")
    func blocking() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            let lane = client.lane(named: "jobs")
            let popped = Task {
                await outcome { try await lane.blocking(RedisCommand("BZPOPMIN", "z", 30), upTo: .seconds(30)) }
            }
            try await eventually("blocked") { try await blockedClients(client) == 1 }
            for _ in 0..<100 { _ = try await client.send(RedisCommand("PING")) }
            _ = try await client.send(RedisCommand("ZADD", "z", 5, "member"))
            let reply = await popped.value
            #expect(try reply.get().array?.map(\.string) == ["z", "member", "5"])
        }
    }

    @Test("A wait that ends with nothing is a null, also one longer than a command's usual time")
    func nothing() async throws {
        let server = try await RedisServer.started()
        var limits = RedisLimits.patient
        limits.answerMax = .seconds(1)
        try await withClient(of: server, limits: limits) { client in
            let lane = client.lane(named: "jobs")
            let reply = try await lane.blocking(RedisCommand("BLPOP", "none", "1.2"), upTo: .milliseconds(1200))
            #expect(reply.isNull)
        }
    }

    @Test("A cancelled wait ends at the server too: what comes later is not popped for nobody, and the lane serves on")
    func cancelled() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            let lane = client.lane(named: "jobs")
            let popped = Task {
                await outcome { try await lane.blocking(RedisCommand("BLPOP", "l", 0), upTo: .seconds(600)) }
            }
            try await eventually("blocked") { try await blockedClients(client) == 1 }
            popped.cancel()
            #expect(await popped.value.isIndefinite)
            try await eventually("freed") { try await blockedClients(client) == 0 }
            _ = try await client.send(RedisCommand("RPUSH", "l", "kept"))
            #expect(try await lane.send(RedisCommand("LPOP", "l")).string == "kept")
        }
    }

    @Test("A lane that is released closes its connection")
    func released() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await { _ = try await client.lane(named: "brief").send(RedisCommand("PING")) }()
            try await eventually("closed") {
                try await client.send(RedisCommand("CLIENT", "LIST")).string?.contains("name=test:brief") == false
            }
        }
    }
}
