import Foundation
import ListCRDT
import NIOCore
import NIOPosix
import SyncProtocol
import TestStack
import TestSupport

/// Devices of a few people, each with lists of its own, over one gateway. All connections are served by one thread: what the driver
/// costs must not be what is measured.
actor Fleet {
    private let stack: Stack
    private let people: [Person]
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    /// Free devices, by the size of their lists.
    private var devices: [Int: [Device]] = [:]

    private struct Device: Sendable {
        let person: Person
        var editors: [Editor]
    }

    private static let peopleCount = 4
    /// Each device edits its lists in turn.
    private static let listsPerDevice = 2

    init(at stack: Stack) async throws {
        self.stack = stack
        var people: [Person] = []
        for number in 1...Self.peopleCount { people.append(try await .registered("load\(number)", at: stack)) }
        self.people = people
    }

    func stop() async throws { try await group.shutdownGracefully() }

    /// Lets `connections` devices push for some seconds.
    ///
    /// - Parameter perSecond: pushes of all of them together; nil: as fast as answers come.
    /// - Parameter journal: takes when each edit was due.
    func push(
        connections: Int, items: Int = 10, editsPerPush: Int = 1, perSecond: Double? = nil,
        warmUp: Duration = .seconds(2),
        measured: Duration, pushesEach: Int = .max, journal: Journal? = nil
    ) async throws -> PushRun {
        let chosen = try await take(connections, items: items)
        let start = NIODeadline.now() + TimeAmount(warmUp)
        var orders = PushOrders(measuredFrom: start, until: start + TimeAmount(measured), port: stack.gatewayPort)
        (orders.editsPerPush, orders.pushesMax, orders.journal) = (editsPerPush, pushesEach, journal)
        let ended = try await run(
            chosen.enumerated().map { index, device in
                var own = orders
                if let gap = perSecond.map({ 1e9 / $0 }) {
                    own.pace = .every(
                        .nanoseconds(Int64(gap * Double(connections))), after: .nanoseconds(Int64(gap * Double(index))))
                }
                return (device, own)
            })
        devices[items, default: []] += ended.map(\.device)
        let result = ended.reduce(into: PushResult()) { $0.merge($1.result) }
        return PushRun(result: result, seconds: measured / .seconds(1))
    }

    /// The lists that the next `push` of so many connections will edit, and one of whose editors each belongs to.
    func lists(connections: Int, items: Int = 10) async throws -> [(person: Person, list: RawDevice)] {
        try await found(connections, items: items)
        return (devices[items] ?? []).prefix(connections).flatMap { device in
            device.editors.map { (device.person, $0.device) }
        }
    }

    private func take(_ count: Int, items: Int) async throws -> [Device] {
        try await found(count, items: items)
        defer { devices[items]?.removeFirst(count) }
        return Array((devices[items] ?? []).prefix(count))
    }

    /// Sees to it that there are devices enough whose lists have so many items.
    private func found(_ count: Int, items: Int) async throws {
        while (devices[items]?.count ?? 0) < count {
            var fresh: [Device] = []
            for number in 0..<min(16, count - (devices[items]?.count ?? 0)) {
                let person = people[number % people.count]
                var device = Device(person: person, editors: [])
                for _ in 0..<(items > 1_000 ? 1 : Self.listsPerDevice) {
                    device.editors.append(try founded(by: person))
                }
                fresh.append(device)
            }
            for added in stride(from: 0, to: items, by: 500) {
                for index in fresh.indices {
                    for list in fresh[index].editors.indices { fresh[index].editors[list].add(min(500, items - added)) }
                }
                fresh = try await deliver(fresh)
            }
            devices[items, default: []] += fresh
        }
    }

    private func founded(by person: Person) throws -> Editor {
        guard let user = UserID(hex: person.user) else { throw TestSupportError("not an id: \(person.user)") }
        var editor = Editor()
        editor.device.found("load", owner: user, named: person.name, now: currentMilliseconds())
        return editor
    }

    /// Pushes what is pending, one push a list.
    private func deliver(_ fresh: [Device]) async throws -> [Device] {
        let now = NIODeadline.now()
        var orders = PushOrders(measuredFrom: now, until: now + .seconds(120), port: stack.gatewayPort)
        (orders.editsPerPush, orders.pushesMax) = (0, 1)
        var delivered = fresh
        for list in 0..<(fresh.first?.editors.count ?? 0) {
            let one = delivered.map { Device(person: $0.person, editors: [$0.editors[list]]) }
            let ended = try await run(one.map { ($0, orders) })
            for (index, end) in ended.enumerated() {
                guard end.device.editors[0].device.pending.isEmpty else {
                    throw TestSupportError("a list could not be made: \(end.result.failures)")
                }
                delivered[index].editors[list] = end.device.editors[0]
            }
        }
        return delivered
    }

    private func run(_ work: [(device: Device, orders: PushOrders)]) async throws -> [(
        result: PushResult, device: Device
    )] {
        let loop = group.next()
        let port = stack.gatewayPort
        let ends = work.map { device, orders in
            let done = loop.makePromise(of: (PushResult, [Editor]).self)
            ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            PushConnection(device.editors, token: device.person.token, orders: orders, done: done))
                    }
                }
                .connect(host: "127.0.0.1", port: port).whenFailure { done.fail($0) }
            return done.futureResult
        }
        let results = try await EventLoopFuture.whenAllSucceed(ends, on: loop).get()
        return zip(work, results).map { ($1.0, Device(person: $0.device.person, editors: $1.1)) }
    }
}

/// A load that was measured.
struct PushRun: Sendable {
    let result: PushResult
    let seconds: Double

    var pushesPerSecond: Double { Double(result.latencies.count) / seconds }
    var editsPerSecond: Double { Double(result.edits) / seconds }
    var failureCount: Int { result.failures.values.reduce(0, +) }
}
