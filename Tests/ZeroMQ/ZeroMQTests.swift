import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import ZeroMQ

let quiet = Logger(label: "zeromq tests") { _ in SwiftLogNoOpLogHandler() }
let loopback = "tcp://127.0.0.1:*"

func subscriber(
    bind address: String = loopback, to prefixes: [String] = [""], bufferMessagesMax: Int = 1_000,
    curve: CurveRole? = nil
) throws -> ZeroMQSubscriber {
    let subscriber = try ZeroMQSubscriber(
        bind: address, logger: quiet, bufferMessagesMax: bufferMessagesMax, curve: curve)
    for prefix in prefixes { subscriber.subscribe(prefix: prefix) }
    return subscriber
}

/// Runs the services while `body` does, then stops them as a program does, and waits until they have ended.
func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
    let group = ServiceGroup(services: services, logger: quiet)
    let run = Task { try await group.run() }
    do {
        try await body()
    } catch {
        await group.triggerGracefulShutdown()
        try await run.value
        throw error
    }
    await group.triggerGracefulShutdown()
    try await run.value
}

/// Keeps what a subscriber receives, as text: frames joined by `|`.
struct Inbox: Sendable {
    private final class Received: Sendable {
        let texts = Mutex<[String]>([])
    }

    private let received = Received()
    private let reader: Task<Void, Never>

    init(_ subscriber: ZeroMQSubscriber) {
        let received = received
        reader = Task {
            for await frames in subscriber.messages {
                let text = frames.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
                received.texts.withLock { $0.append(text) }
            }
        }
    }

    var texts: [String] { received.texts.withLock { $0 } }

    /// Returns once the subscriber has stopped.
    func ended() async { await reader.value }
}

func message(_ frames: String...) -> [[UInt8]] { frames.map { Array($0.utf8) } }

/// Publishes until the subscriber has it: subscriptions take a moment to reach the publisher.
func publish(_ text: String, with publisher: ZeroMQPublisher, until inbox: Inbox) async throws {
    try await eventually("\(text) arrives") {
        publisher.publish(message(text))
        return inbox.texts.contains(text)
    }
}

@Suite("ZeroMQ", .serialized)
struct ZeroMQTests {
    @Test("Messages arrive whole and in order, at every endpoint")
    func delivery() async throws {
        let (first, second) = (try subscriber(), try subscriber())
        let publisher = try ZeroMQPublisher(logger: quiet)
        publisher.setEndpoints([first.endpoint, second.endpoint])
        try await running([first, second, publisher]) {
            let inboxes = [Inbox(first), Inbox(second)]
            for inbox in inboxes { try await publish("hello", with: publisher, until: inbox) }
            for number in 0..<500 { publisher.publish(message("n", "", "\(number)")) }
            for inbox in inboxes {
                try await eventually("all arrive") { inbox.texts.last == "n||499" }
                #expect(inbox.texts.filter { $0.hasPrefix("n|") } == (0..<500).map { "n||\($0)" })
            }
        }
        #expect(publisher.droppedCount == 0 && publisher.skippedCount == 0)
    }

    @Test("Only what begins with a subscribed prefix arrives, until it is unsubscribed")
    func prefixes() async throws {
        let subscriber = try subscriber(to: ["p/1/", "end"])
        let publisher = try ZeroMQPublisher(logger: quiet)
        publisher.setEndpoints([subscriber.endpoint])
        try await running([subscriber, publisher]) {
            let inbox = Inbox(subscriber)
            try await publish("p/1/", with: publisher, until: inbox)
            publisher.publish(message("p/2/", "x"))
            try await publish("end of x", with: publisher, until: inbox)
            subscriber.subscribe(prefix: "p/2/")
            try await publish("p/2/y", with: publisher, until: inbox)
            #expect(!inbox.texts.contains("p/2/|x"))
            subscriber.unsubscribe(prefix: "p/2/")
            // Messages keep their order: once one sent later has arrived and none before it, the subscription is gone.
            try await eventually("the subscription is gone") {
                let before = inbox.texts.count { $0 == "p/2/y" }
                publisher.publish(message("p/2/y"))
                let mark = "end \(before) \(inbox.texts.count)"
                try await publish(mark, with: publisher, until: inbox)
                return inbox.texts.count { $0 == "p/2/y" } == before
            }
        }
    }

    @Test("Endpoints may change; those that are gone get nothing more")
    func endpoints() async throws {
        let (first, second) = (try subscriber(), try subscriber())
        let publisher = try ZeroMQPublisher(logger: quiet)
        try await running([first, second, publisher]) {
            let (one, two) = (Inbox(first), Inbox(second))
            publisher.setEndpoints([first.endpoint, "nonsense"])
            try await publish("to one", with: publisher, until: one)
            publisher.setEndpoints([second.endpoint])
            try await publish("to two", with: publisher, until: two)
            #expect(!one.texts.contains("to two"))
            #expect(!two.texts.contains("to one"))
        }
    }

    @Test("A full queue drops the newest, says so and counts; what was queued is sent")
    func queueBound() async throws {
        let publisher = try ZeroMQPublisher(logger: quiet, queueMessagesMax: 10)
        let accepted = (0..<15).map { publisher.publish(message("\($0)")) }
        #expect(accepted == Array(repeating: true, count: 10) + Array(repeating: false, count: 5))
        #expect(publisher.droppedCount == 5)
        try await running([publisher]) {
            try await eventually("the queue empties") { publisher.publish(message("later")) }
        }
        #expect(!publisher.publish(message("after the end")))
    }

    @Test("A subscriber that is away is skipped at its high-water mark and counted, and holds up nobody else")
    func highWaterMark() async throws {
        let (present, absent) = (try subscriber(), try subscriber())
        let publisher = try ZeroMQPublisher(logger: quiet, highWaterMark: 20)
        publisher.setEndpoints([present.endpoint, absent.endpoint])
        try await running([present, publisher]) {
            let inbox = Inbox(present)
            try await running([absent]) {
                let other = Inbox(absent)
                try await publish("both", with: publisher, until: inbox)
                try await publish("both again", with: publisher, until: other)
            }
            var sent = 0
            try await eventually("the absent one is skipped") {
                publisher.publish(message("late \(sent)"))
                sent += 1
                return publisher.skippedCount > 0
            }
            try await eventually("the present one gets all") { inbox.texts.contains("late \(sent - 1)") }
            #expect(inbox.texts.count { $0.hasPrefix("late") } == sent)
        }
        #expect(publisher.droppedCount == 0)
    }

    @Test("A full buffer drops the newest and counts")
    func bufferBound() async throws {
        let subscriber = try subscriber(bufferMessagesMax: 5)
        let publisher = try ZeroMQPublisher(logger: quiet)
        publisher.setEndpoints([subscriber.endpoint])
        try await running([subscriber, publisher]) {
            var sent = 0
            try await eventually("messages are dropped") {
                publisher.publish(message("\(sent)"))
                sent += 1
                return subscriber.droppedCount >= 10
            }
        }
        var kept: [Int] = []
        for await frames in subscriber.messages {
            kept.append(try #require(Int(String(decoding: frames[0], as: UTF8.self))))
        }
        let first = try #require(kept.first)
        #expect(kept == Array(first..<first + 5))
    }

    @Test("A subscriber that comes back on its port receives again, with its own subscriptions")
    func subscriberReturns() async throws {
        let publisher = try ZeroMQPublisher(logger: quiet)
        try await running([publisher]) {
            var address = loopback
            for round in 0..<3 {
                let subscriber = try await rebound(to: address)
                address = subscriber.endpoint
                publisher.setEndpoints([address])
                try await running([subscriber]) {
                    try await publish("round \(round)", with: publisher, until: Inbox(subscriber))
                }
            }
        }
    }

    /// The port may still be closing.
    private func rebound(to address: String) async throws -> ZeroMQSubscriber {
        var bound: ZeroMQSubscriber?
        try await eventually("\(address) can be bound") {
            bound = try? subscriber(bind: address)
            return bound != nil
        }
        return try #require(bound)
    }

    @Test("A publisher that is replaced reaches the same subscriber")
    func publisherReturns() async throws {
        let subscriber = try subscriber()
        try await running([subscriber]) {
            let inbox = Inbox(subscriber)
            for round in 0..<3 {
                let publisher = try ZeroMQPublisher(logger: quiet)
                publisher.setEndpoints([subscriber.endpoint])
                try await running([publisher]) {
                    try await publish("round \(round)", with: publisher, until: inbox)
                }
            }
        }
    }

    @Test("After run() the port is free, the stream has ended, and nothing of libzmq is left")
    func nothingLeaks() async throws {
        let before = try openFiles()
        for _ in 0..<20 {
            let subscriber = try subscriber()
            let publisher = try ZeroMQPublisher(logger: quiet)
            publisher.setEndpoints([subscriber.endpoint])
            let inbox = Inbox(subscriber)
            try await running([subscriber, publisher]) {
                try await publish("x", with: publisher, until: inbox)
            }
            await inbox.ended()
            _ = try await rebound(to: subscriber.endpoint)
        }
        try await eventually("files are closed") { try openFiles() <= before + 2 }
    }

    @Test("What cannot be bound is a typed error")
    func bindFailures() throws {
        #expect(throws: ZeroMQError.self) { try subscriber(bind: "nonsense") }
        #expect(throws: ZeroMQError.self) { try subscriber(bind: "tcp://256.0.0.1:1") }
        let taken = try subscriber()
        withExtendedLifetime(taken) {
            _ = #expect(throws: ZeroMQError.self) { try subscriber(bind: taken.endpoint) }
        }
    }

    @Test("Odd messages are refused at the sender or dropped at the receiver, and counted")
    func oddMessages() async throws {
        let publisher = try ZeroMQPublisher(logger: quiet)
        #expect(!publisher.publish([]))
        #expect(!publisher.publish([[UInt8]](repeating: [1], count: ZeroMQLimits.framesInMessage + 1)))
        #expect(publisher.droppedCount == 2)
        let subscriber = try subscriber()
        #expect((0..<ZeroMQLimits.subscriptions).map { subscriber.subscribe(prefix: "\($0)") }.contains(false))
    }
}
