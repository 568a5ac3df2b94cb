internal import ListCRDT
internal import ReplicaStore
internal import Synchronization
internal import TestStack
internal import TestSupport

/// From an edit on one device to its arrival on another: gateway, queue, shards, ZeroMQ, bridge, WebSocket.
struct LiveSection: Section {
    static let name = "live"
    static let title = "Live updates"
    private static let editsPerSecond = 50.0
    private static let editors = 10
    /// Unlike that of the lists of the load beside it, so that they are others.
    private static let items = 20

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        var copy = report
        defer { report = copy }
        try await Stack.loaded { stack, fleet in
            let calm = try await measure(stack, fleet, bench)
            add("\(Int(editsPerSecond)) edits/s", calm, [.atMost(8), .atMost(40)], &copy)
            let measured = copy.value(section: ThroughputSection.title, label: ThroughputSection.label(64))
            let half = try await full(measured, fleet, bench) / 2
            bench.progress("beside \(Int(half)) pushes a second")
            async let load = fleet.push(connections: 64, perSecond: half, measured: bench.duration(seconds: 12))
            let busy = try await measure(stack, fleet, bench)
            try await load.requireNoFailures()
            add("\(Int(editsPerSecond)) edits/s beside half of full load", busy, [], &copy)
        }
        copy.note(
            section: title,
            """
            \(editors) devices edit lists of their own, each followed by a WebSocket; from the moment an edit was due to that at which \
            its delta was decoded on the other side. Half of full load: half of the pushes a second that 64 connections reach.
            """)
    }

    private static func full(_ measured: Double?, _ fleet: Fleet, _ bench: Bench) async throws -> Double {
        if let measured { return measured }
        return try await fleet.push(connections: 64, measured: bench.duration(seconds: 5)).pushesPerSecond
    }

    private static func add(_ label: String, _ times: Distribution, _ goals: [Goal], _ report: inout Report) {
        for (index, (name, share)) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)].enumerated() {
            let goals = index < goals.count ? [goals[index]] : []
            report.add(
                section: title,
                Figure(label: "\(label), \(name)", value: times.quantile(share), unit: "ms", peers: [], goals: goals))
        }
    }

    private static func measure(_ stack: Stack, _ fleet: Fleet, _ bench: Bench) async throws -> Distribution {
        let journal = Journal()
        let followed = try await fleet.lists(connections: editors, items: items)
        let following = Count()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for (person, device) in followed {
                group.addTask {
                    let live = LiveConnection(address: stack.liveAddress, token: person.token)
                    try await live.run(following: device.list, since: device.document.context) { message in
                        if case .following = message { following.add() }
                        if case .change(let change) = message, let delta = change.delta { journal.see(delta.context) }
                    }
                }
            }
            try await eventually(within: .seconds(30), "every list is followed") { following.value == followed.count }
            let run = try await fleet.push(
                connections: editors, items: items, perSecond: editsPerSecond, measured: bench.duration(seconds: 10),
                journal: journal)
            try run.requireNoFailures()
            try await eventually("every edit arrives") { journal.unseenCount == 0 }
            group.cancelAll()
            guard run.result.edits > 0, journal.times.count >= run.result.edits else {
                throw TestSupportError("\(journal.times.count) of \(run.result.edits) edits have arrived")
            }
            return journal.times
        }
    }

    private final class Count: Sendable {
        private let number = Atomic(0)

        var value: Int { number.load(ordering: .relaxed) }

        func add() { number.add(1, ordering: .relaxed) }
    }
}
