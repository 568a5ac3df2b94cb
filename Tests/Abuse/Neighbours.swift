internal import Foundation
internal import ListCRDT
internal import Synchronization
internal import SyncProtocol
package import TestStack
internal import TestSupport

/// Well-behaved people who use the service while others abuse it: each pushes single edits to a list of their own at a
/// steady pace, and looks at it now and then, over a connection that is renewed every so often; another device of
/// theirs follows the list live, and must hear of every edit.
package final class Neighbours: Sendable {
    package struct Tally: Sendable {
        package internal(set) var requests = 0
        /// Answered 503 or `stale_replica`, and done again as those say.
        package internal(set) var retries = 0
        /// What went otherwise than it should, in words.
        package internal(set) var failures: [String] = []
        package internal(set) var latencies: [Duration] = []

        /// 0…1. Zero if there was none.
        package func latency(at share: Double) -> Duration {
            let sorted = latencies.sorted()
            return sorted.isEmpty ? .zero : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
    }

    /// Requests a second of each.
    private static let pace = 20
    private static let requestsPerConnection = 25

    private let stack: Stack
    private let tally = Mutex(Tally())
    private let end = End()
    /// Each device's last operation that was acknowledged.
    private let acknowledged = Mutex<[Dot]>([])

    private init(_ stack: Stack) { self.stack = stack }

    /// Has them live for the time of `body`. Afterwards whoever follows must have heard of all: within a minute, or
    /// this throws.
    package static func run<Result: Sendable>(
        _ people: [Person], at stack: Stack, _ body: (Neighbours) async throws -> Result
    ) async throws -> Result {
        let neighbours = Neighbours(stack)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            var watchers: [Watcher] = []
            for person in people {
                let list = try await person.newList("Neighbour's")
                guard let id = DocumentID(hex: list) else { throw TestSupportError("no id: \(list)") }
                let watcher = try await Watcher.following(id, as: person, at: stack)
                watchers.append(watcher)
                group.addTask { await watcher.run() }
                neighbours.moveIn(person, id)
            }
            defer {
                neighbours.end.come()
                group.cancelAll()
            }
            let result = try await body(neighbours)
            try await neighbours.conclude(watchers)
            return result
        }
    }

    /// Returns when they have made so many requests more, together; throws if that takes three times as long as it should.
    func live(through requests: Int) async throws {
        let goal = tally.withLock { $0.requests } + requests
        let seconds = Double(requests) / Double(Self.pace * acknowledged.withLock { $0.count })
        try await eventually(within: .seconds(10 + 3 * seconds), "neighbours make \(requests) requests") {
            tally.withLock { $0.requests } >= goal
        }
    }

    /// Requests of all of them in so many seconds, when nothing is in their way.
    func requests(in seconds: Int) -> Int { seconds * Self.pace * acknowledged.withLock { $0.count } }

    /// What happened since the last call.
    package func take() -> Tally {
        tally.withLock { tally in
            defer { tally = Tally() }
            return tally
        }
    }

    /// On a thread of its own, so that its waits are those of the service and not of this process's tasks.
    private func moveIn(_ person: Person, _ list: DocumentID) {
        let index = acknowledged.withLock { known in
            known.append(Dot(ReplicaID(rawValue: 0), 0))
            return known.count - 1
        }
        Thread.detachNewThread { [self] in
            var life = NeighbourLife(person: person, list: list, port: stack.gatewayPort)
            while !end.hasCome {
                let start = ContinuousClock.now
                let (failure, retries) = life.act(end)
                let time = ContinuousClock.now - start
                acknowledged.withLock { $0[index] = life.acknowledged }
                tally.withLock { tally in
                    tally.requests += 1
                    tally.retries += retries
                    tally.latencies.append(time)
                    if let failure { tally.failures.append("\(person.name): \(failure)") }
                }
                end.wait(1 / Double(Self.pace) - time / .seconds(1))
            }
        }
    }

    private func conclude(_ watchers: [Watcher]) async throws {
        end.come()
        let last = acknowledged.withLock { $0 }
        for (dot, watcher) in zip(last, watchers) where dot.counter > 0 {
            try await eventually(within: .seconds(60), "whoever follows hears of all: \(watcher.state)") {
                watcher.hasHeard(upTo: dot)
            }
        }
    }

    fileprivate static func isRenewal(_ number: Int) -> Bool { number % requestsPerConnection == 0 }
}

/// Tells threads that it is over, also those that wait.
private final class End: Sendable {
    private let condition = NSCondition()
    private let isHere = Mutex(false)

    var hasCome: Bool { isHere.withLock { $0 } }

    func come() {
        isHere.withLock { $0 = true }
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    /// Blocks the thread for so many seconds, or until the end.
    func wait(_ seconds: Double) {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while !hasCome, condition.wait(until: deadline) {}
    }
}

/// One neighbour's device, and its connection.
private struct NeighbourLife {
    /// Each edit is of another item, in turn.
    private static let items = 50
    private static let retriesMax = 3

    private let token: String
    private let port: Int
    private var device: RawDevice
    private var connection: BlockingConnection?
    private var number = 0
    private var pushes = 0
    /// Pushes before this life of the device.
    private var born = 0
    private var isToBeRetried = false

    var acknowledged: Dot { Dot(device.replica, device.acknowledged) }

    init(person: Person, list: DocumentID, port: Int) {
        token = person.token
        self.port = port
        device = RawDevice(list: list)
    }

    /// Does one thing, as often as the service says to try again; returns what is wrong with the last answer.
    mutating func act(_ end: End) -> (failure: String?, retries: Int) {
        defer { number += 1 }
        if Neighbours.isRenewal(number) { connection = nil }
        let isLook = number % 5 == 4
        if !isLook { edit() }
        var retries = 0
        while true {
            isToBeRetried = false
            let failure = isLook ? look() : push()
            guard isToBeRetried, retries < Self.retriesMax else { return (failure, retries) }
            retries += 1
            // As Retry-After says.
            end.wait(1)
        }
    }

    private mutating func edit() {
        let place = UInt64(pushes % Self.items)
        let key = EntryKey(.items, EntryID(dot: Dot(device.replica, place + 1)))
        pushes += 1
        device.edit(key, [.set(.name, .string("thing \(pushes)."))], now: currentMilliseconds())
    }

    private mutating func exchange(_ request: [UInt8]) -> RawHTTP.Answer? {
        if connection == nil { connection = BlockingConnection(port) }
        let answer = connection?.exchange(request)
        if answer == nil { connection = nil }
        isToBeRetried = answer?.status == 503
        return answer
    }

    private mutating func push() -> String? {
        let pushed = device.pending
        let request = RawHTTP.request(
            "POST", "/v1/sync", token: token, type: SyncFormat.mediaType, body: device.request().encoded())
        guard let answer = exchange(request) else { return "no answer to a push" }
        guard answer.status == 200, let response = try? SyncResponse(decoding: answer.body),
            let part = response.documents.first
        else { return "a push is answered \(answer.status): \(answer.text)" }
        if part.status == .staleReplica { return beginAgain() }
        return device.take(part, pushed: pushed) ? nil : "a push is answered \(part.status)"
    }

    /// An answer was lost: the device cannot know whether another life of it is about, and takes a new id, as all do.
    private mutating func beginAgain() -> String? {
        device = RawDevice(list: device.list)
        born = pushes
        edit()
        isToBeRetried = true
        return "a push is answered stale_replica, again and again"
    }

    private mutating func look() -> String? {
        let head = RawHTTP.head("GET", "/v1/lists/\(device.list.hex)", ["Authorization: Bearer \(token)"])
        guard let answer = exchange(head) else { return "no answer to a look" }
        guard answer.status == 200 else { return "a look is answered \(answer.status): \(answer.text)" }
        let text = answer.text
        let missing = (max(born, pushes - Self.items) + 1..<pushes + 1).filter { !text.contains("\"thing \($0).\"") }
        return missing.isEmpty ? nil : "acknowledged edits are not there: \(missing)"
    }
}

/// A connection that blocks its thread while it waits.
private final class BlockingConnection {
    private static let patienceMilliseconds: Int32 = 10_000

    private let socket: RawSocket

    init?(_ port: Int) {
        guard let socket = try? RawSocket(port) else { return nil }
        self.socket = socket
    }

    /// Nil: it broke, or took longer than anyone waits.
    func exchange(_ request: [UInt8]) -> RawHTTP.Answer? {
        var rest = request[...]
        while !rest.isEmpty {
            guard let count = socket.offer(rest) else { return nil }
            rest = rest.dropFirst(count)
            if !rest.isEmpty, !socket.block(until: .writing, Self.patienceMilliseconds) { return nil }
        }
        var bytes: [UInt8] = []
        while true {
            if let (answer, _) = RawHTTP.answer(in: bytes[...]) { return answer }
            guard socket.block(until: .reading, Self.patienceMilliseconds) else { return nil }
            switch socket.receive() {
            case .bytes(let more): bytes += more
            case .nothing: break
            case .ended: return nil
            }
        }
    }
}
