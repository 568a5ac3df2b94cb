internal import AsyncHTTPClient
internal import Foundation
internal import ListCRDT
internal import NIOCore
package import TestStack
internal import TestSupport

/// All of Larder, some people who share lists, and their devices at work.
///
/// Five people with four devices each; every device has two lists, and every list is on five devices, each another person's.
package final class Stage: Sendable {
    package struct Layout: Sendable {
        package var people = 5
        package var devices = 20
        package var lists = 8
        package var editsPerSecond = 500.0
        package var stack: Stack.Layout

        /// Three Postgres servers, so that one can fail alone: every list has one of its homes on each.
        package init() {
            stack = Stack.Layout()
            stack.shards = 6
            stack.zones = 3
            stack.postgres = [
                "max_connections": "100", "max_wal_size": "96MB", "min_wal_size": "32MB", "shared_buffers": "32MB",
            ]
        }
    }

    package let stack: Stack
    package let pulse = Pulse()
    let devices: [Device]
    /// Of the first list.
    let watch: LiveWatch
    let homes: Homes
    let lists: [DocumentID]
    let layout: Layout
    private let life: Task<Void, Never>

    private init(_ stack: Stack, _ layout: Layout, _ seed: UInt64, _ client: HTTPClient) async throws {
        var random = SeededRandom(seed: seed)
        self.stack = stack
        self.layout = layout
        let wire = Wire(client: client, port: stack.gatewayPort)
        lists = (0..<layout.lists).map { _ in
            DocumentID(high: .random(in: 1..<(1 << 62)), low: .random(in: 1..<(1 << 62)))
        }
        var people: [Person] = []
        for number in 0..<layout.people { people.append(try await Person.registered("person\(number)", at: stack)) }
        var habits = Device.Habits()
        habits.editsPerSecond = layout.editsPerSecond / Double(layout.devices)
        let (lists, pulse) = (lists, pulse)
        devices = (0..<layout.devices).map { number in
            let person = people[number % people.count]
            let mine = [2 * number, 2 * number + 1].map { lists[$0 % lists.count] }
            return Device(
                number: number, person: person.name, token: person.token, lists: mine, seed: random.next(),
                habits: habits, wire: wire, pulse: pulse)
        }
        try await Self.found(lists, people, devices)
        // Lists that were not there yet.
        _ = pulse.takeViolations()
        homes = try await Homes(stack)
        watch = LiveWatch(stack.liveAddress, wire)
        let (devices, watch, onlooker, list) = (devices, watch, people[0], lists[0])
        life = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await watch.run(list, as: onlooker) }
                for device in devices { group.addTask { await device.run() } }
            }
        }
    }

    /// One device a list makes it and shares it with everyone; the others find it.
    private static func found(_ lists: [DocumentID], _ people: [Person], _ devices: [Device]) async throws {
        var founders: [(list: DocumentID, device: Device)] = []
        for (index, list) in lists.enumerated() {
            let founder = try await first(of: devices) { await $0.documents()[list] != nil }
            guard let owner = people.first(where: { $0.name == founder.person }).flatMap({ UserID(hex: $0.user) })
            else { continue }
            await founder.found(list, named: "list \(index)", owner: owner)
            founders.append((list, founder))
        }
        try await deliver(devices)
        for (list, founder) in founders {
            let others = people.filter { $0.name != founder.person }
            let editors = others.compactMap { person in UserID(hex: person.user).map { (user: $0, name: person.name) } }
            await founder.share(list, with: editors)
        }
        try await deliver(devices)
    }

    private static func first(of devices: [Device], _ condition: (Device) async -> Bool) async throws -> Device {
        for device in devices where await condition(device) { return device }
        throw TestSupportError("a list is on no device")
    }

    private static func deliver(_ devices: [Device]) async throws {
        try await eventually(within: .seconds(30), "what founds the lists is acknowledged") {
            for device in devices where await !device.isSettled { _ = await device.sync() }
            for device in devices where await !device.isSettled { return false }
            return true
        }
    }

    /// For the time of `body`; the services' last lines are shown where it throws.
    package static func run(
        _ layout: Layout = Layout(), seed: UInt64, _ body: (Stage) async throws -> Void
    ) async throws {
        try await Stack.run(layout.stack) { stack in
            var configuration = HTTPClient.Configuration()
            configuration.timeout.connect = .seconds(2)
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let result: Result<Void, any Error>
            do {
                let stage = try await Stage(stack, layout, seed, client)
                result = await stage.live(body)
            } catch { result = .failure(error) }
            try? await client.shutdown()
            await FullDisk.release(stack)
            try result.get()
        }
    }

    /// The devices are at work for the time of `body`.
    private func live(_ body: (Stage) async throws -> Void) async -> Result<Void, any Error> {
        let result: Result<Void, any Error>
        do { result = .success(try await body(self)) } catch { result = .failure(error) }
        life.cancel()
        await life.value
        return result
    }

    /// Copies what the services have logged, a file each.
    package func keepLogs(in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in layout.stack.services {
            try stack.log(of: name).write(toFile: "\(folder)/\(name).log", atomically: true, encoding: .utf8)
        }
    }

    func setEditing(_ isEditing: Bool) async {
        for device in devices { await device.setEditing(isEditing) }
    }

    // MARK: - Settling

    /// Waits until no device has anything pending and all copies of a list, on devices, have the same context.
    /// Returns what is not so, when it takes too long.
    func settle(within limit: Duration) async -> String? {
        var trouble: String?
        do {
            try await eventually(within: limit, every: .milliseconds(100), "all is settled") {
                trouble = await unsettled()
                return trouble == nil
            }
            return nil
        } catch { return trouble ?? "\(error)" }
    }

    private func unsettled() async -> String? {
        var contexts: [DocumentID: Context] = [:]
        for device in devices {
            if await !device.isSettled {
                return "device \(device.number) has \(await device.pending) operations pending"
            }
            for (list, document) in await device.documents() {
                if let other = contexts[list], other != document.context {
                    return "device \(device.number) has another context of list \(index(of: list)) than others"
                }
                contexts[list] = document.context
            }
        }
        return nil
    }

    func index(of list: DocumentID) -> Int { lists.firstIndex(of: list) ?? -1 }

    /// What every device has, by list.
    func deviceCopies() async -> [DocumentID: [Copy]] {
        var copies: [DocumentID: [Copy]] = [:]
        for device in devices {
            for (list, document) in await device.documents() {
                copies[list, default: []].append(Copy(.device(device.number), document))
            }
        }
        return copies
    }

    /// Three, byte for byte.
    static func areAlike(_ homes: [Copy]) -> Bool {
        homes.count == 3 && Set(homes.map { $0.document.encoded() }).count == 1
    }

    /// Waits until the three homes of every list are the same, byte for byte, while devices go on reading: reading mends.
    func awaitAlike(within limit: Duration) async -> [DocumentID: [Copy]]? {
        var last: [DocumentID: [Copy]]?
        // What is not alike in time, the inspector finds in the last copies.
        try? await eventually(within: limit, every: .milliseconds(300), "the homes are alike") {
            guard let copies = try? await homes.copies(of: lists) else { return false }
            last = copies
            return copies.values.allSatisfy { Self.areAlike($0) }
        }
        return last
    }
}
