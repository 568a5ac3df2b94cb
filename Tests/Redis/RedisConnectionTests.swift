import Redis
import ServiceLifecycle
import Logging
import Synchronization
import TestSupport
import Testing

@Suite("A connection that is lost, stopped, refused or overfilled")
struct RedisConnectionTests {
    @Test(
        "A server killed and restarted under eight writers: every confirmed write is there, and they go on by themselves"
    )
    func killedInUse() async throws {
        let server = try await RedisServer.started(.init(appendOnly: true))
        var limits = RedisLimits()
        limits.waitMax = .milliseconds(50)
        try await withClient(of: server, limits: limits) { client in
            let tally = Tally()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { await tally.write(with: client) } }
                try await eventually("writes flow") { tally.counts.confirmed > 200 }
                try await server.kill()
                try await eventually("writes fail") { tally.counts.notSent > 8 }
                try await server.start()
                let before = tally.counts.confirmed
                try await eventually("writes flow again") { tally.counts.confirmed > before + 200 }
                group.cancelAll()
            }
            let counts = tally.counts
            let stored = try #require(try await client.send(RedisCommand("GET", "n")).int)
            #expect(stored >= counts.confirmed)
            #expect(stored <= counts.confirmed + counts.indefinite)
            #expect(counts.indefinite <= 16, "eight in flight at the kill, eight at the end")
        }
    }

    @Test("A command sent while the server is away waits for it, and for a bounded time")
    func away() async throws {
        let server = try RedisServer()
        try await withClient(of: server, limits: .short, connected: false) { client in
            try await eventually("tried") { client.trouble?.contains("cannot connect") == true }
            let refused = await outcome { try await client.send(RedisCommand("PING")) }
            #expect(refused.isNotSent)
            #expect("\(refused)".contains("cannot connect"))
            try await server.start()
            try await eventually("answers") { await outcome { try await client.send(RedisCommand("PING")) }.isAnswered }
        }
    }

    @Test("A command written before the server is back is sent when it is")
    func waits() async throws {
        let server = try RedisServer()
        var limits = RedisLimits.short
        limits.waitMax = .seconds(20)
        try await withClient(of: server, limits: limits, connected: false) { client in
            async let answer = client.send(RedisCommand("PING"))
            try await server.start()
            #expect(try await answer == .status("PONG"))
        }
    }

    @Test(
        "A stopped server is a bounded wait: indefinite for what was sent, not sent for what was not; then it serves on"
    )
    func stopped() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server, limits: .short) { client in
            try await server.pause()
            let began = ContinuousClock.now
            let sent = await outcome { try await client.send(RedisCommand("INCR", "n")) }
            #expect(sent.isIndefinite, "\(sent)")
            let unsent = await outcome { try await client.send(RedisCommand("INCR", "n")) }
            #expect(unsent.isNotSent, "\(unsent)")
            #expect(began.duration(to: .now) < .seconds(5))
            server.resume()
            try await eventually("answers") { await outcome { try await client.send(RedisCommand("PING")) }.isAnswered }
            let value = try await client.send(RedisCommand("GET", "n"))
            #expect(value.isNull || value.int == 1)
        }
    }

    @Test(
        "At the bound of pending commands the next is not sent; those in hand are answered", arguments: [true, false])
    func pendingBound(byCount: Bool) async throws {
        let server = try await RedisServer.started()
        var limits = RedisLimits.patient
        if byCount { limits.pendingCommandsMax = 100 } else { limits.pendingBytesMax = 100 * 130 }
        try await withClient(of: server, limits: limits) { client in
            try await server.pause()
            let text = String(repeating: "x", count: 60)
            try await withThrowingTaskGroup(of: Result<RedisValue, RedisError>.self) { group in
                for _ in 0..<300 {
                    group.addTask { await outcome { try await client.send(RedisCommand("ECHO", "\(text)")) } }
                }
                for _ in 0..<200 {
                    let first = try #require(try await group.next())
                    if !first.isNotSent { break }
                }
                server.resume()
                for try await rest in group { #expect(rest.isAnswered || rest.isNotSent) }
            }
            #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
        }
    }

    @Test("A cancelled caller is freed at once, others keep their answers")
    func cancelled() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server) { client in
            try await server.pause()
            let cancelled = Task { await outcome { try await client.send(RedisCommand("ECHO", "a")) } }
            let kept = Task { await outcome { try await client.send(RedisCommand("ECHO", "b")) } }
            cancelled.cancel()
            let result = await cancelled.value
            #expect(result.isIndefinite || result.isNotSent)
            server.resume()
            #expect(await kept.value == .success(.bytes([98])))
            let never = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await outcome { try await client.send(RedisCommand("SET", "never", "1")) }
            }
            #expect(await never.value.isNotSent)
            let exists = try await client.send(RedisCommand("EXISTS", "never"))
            #expect(exists == .integer(0))
        }
    }

    @Test("Every caller is answered once, whatever races: answers, cancellations, the server's death and return")
    func everyCallerReturns() async throws {
        let server = try await RedisServer.started()
        try await withClient(of: server, limits: .short) { client in
            let callers = (0..<4000).map { number in
                Task {
                    if number.isMultiple(of: 3) { await Task.yield() }
                    return await outcome { try await client.send(RedisCommand("ECHO", "\(number)")) }
                }
            }
            for number in stride(from: 0, to: 4000, by: 2) { callers[number].cancel() }
            try await server.kill()
            let late = (0..<500).map { number in
                Task { await outcome { try await client.pipeline([RedisCommand("ECHO", "\(number)")])[0] } }
            }
            for number in stride(from: 0, to: 500, by: 2) { late[number].cancel() }
            try await server.start()
            for (number, caller) in (callers + late).enumerated() {
                let answer = await caller.value
                let echo = RedisValue.bytes(Array("\(number < 4000 ? number : number - 4000)".utf8))
                #expect(answer == .success(echo) || answer.isNotSent || answer.isIndefinite)
            }
            try await eventually("answers") { await outcome { try await client.send(RedisCommand("PING")) }.isAnswered }
        }
    }

    @Test("A wrong password is refused in words, at once, and without showing it")
    func wrongPassword() async throws {
        let server = try await RedisServer.started(.init(password: "right-secret"))
        for (user, password) in [(nil, "wrong-secret"), ("nobody", "wrong-secret"), (nil, nil)] as [(String?, String?)]
        {
            var configuration = RedisConfiguration(port: server.port)
            (configuration.user, configuration.password) = (user, password)
            configuration.limits = .patient
            let client = RedisClient(
                configuration, name: "test", logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() })
            try await client.whileRunning {
                let refusal = try #require(await outcome { try await client.send(RedisCommand("PING")) }.refusal)
                #expect(refusal.contains(password == nil ? "NOAUTH" : "WRONGPASS"))
                #expect(!refusal.contains("wrong-secret"))
            }
        }
        let answer = try await withClient(of: server) { try await $0.send(RedisCommand("PING")) }
        #expect(answer == .status("PONG"))
    }

    @Test("A connection says its name and selects its database, again after each loss")
    func greeting() async throws {
        let server = try await RedisServer.started()
        var configuration = try RedisConfiguration(url: server.url + "/3")
        configuration.limits = .patient
        let client = RedisClient(
            configuration, name: "gateway-1", logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() })
        try await client.whileRunning {
            for _ in 0..<2 {
                #expect(
                    try await client.send(RedisCommand("CLIENT", "INFO")).string?.contains("name=gateway-1 ") == true)
                #expect(try await client.send(RedisCommand("CLIENT", "INFO")).string?.contains(" db=3 ") == true)
                try await server.kill()
                try await server.start()
                try await eventually("back") {
                    await outcome { try await client.send(RedisCommand("PING")) }.isAnswered
                }
            }
        }
    }

    @Test("Over TLS, with the server's certificate checked")
    func tls() async throws {
        let server = try await RedisServer.started(.init(tls: true))
        let answer = try await withClient(of: server) { try await $0.send(RedisCommand("PING")) }
        #expect(answer == .status("PONG"))
        var stranger = RedisConfiguration(port: server.port)
        stranger.limits = .short
        try stranger.useTLS()
        let client = RedisClient(
            stranger, name: "test", logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() })
        try await client.whileRunning {
            try await eventually("refused") { client.trouble?.contains("CERTIFICATE_VERIFY_FAILED") == true }
            let unsent = await outcome { try await client.send(RedisCommand("PING")) }
            #expect(unsent.isNotSent)
        }
    }

    @Test("A graceful shutdown answers what is in hand, takes nothing more, and frees who blocks")
    func gracefulShutdown() async throws {
        let server = try await RedisServer.started()
        let client = try makeClient(of: server)
        let quiet = Logger(label: "group") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(services: [client], logger: quiet)
        async let running: Void = group.run()
        try await eventually("connected") { client.trouble == nil }
        let lane = client.lane(named: "wait")
        let blocked = Task {
            await outcome { try await lane.blocking(RedisCommand("BLPOP", "none", 0), upTo: .seconds(60)) }
        }
        try await eventually("blocked") { try await blockedClients(client) == 1 }
        try await server.pause()
        let inHand = (0..<100).map { number in
            Task { await outcome { try await client.send(RedisCommand("ECHO", "\(number)")) } }
        }
        await group.triggerGracefulShutdown()
        #expect(await blocked.value.isIndefinite)
        server.resume()
        for (number, each) in inHand.enumerated() {
            let answer = await each.value
            #expect(answer == .success(.bytes(Array("\(number)".utf8))) || answer == .failure(.closed))
        }
        try await eventually("closed") {
            await outcome { try await client.send(RedisCommand("PING")) } == .failure(.closed)
        }
        try await running
    }
}

func blockedClients(_ client: RedisClient) async throws -> Int? {
    let info = try await client.send(RedisCommand("INFO", "clients")).string ?? ""
    return info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("blocked_clients:") }?.split(separator: ":")
        .last.flatMap { Int($0) }
}

/// Counts what became of increments.
private final class Tally: Sendable {
    struct Counts {
        var confirmed = 0
        var notSent = 0
        var indefinite = 0
    }

    private let state = Mutex(Counts())
    var counts: Counts { state.withLock { $0 } }

    func write(with client: RedisClient) async {
        while !Task.isCancelled {
            let result = await outcome { try await client.send(RedisCommand("INCR", "n")) }
            state.withLock { counts in
                if result.isAnswered { counts.confirmed += 1 }
                if result.isNotSent { counts.notSent += 1 }
                if result.isIndefinite { counts.indefinite += 1 }
            }
        }
    }
}
