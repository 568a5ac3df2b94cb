internal import Foundation
internal import ListCRDT
internal import SyncProtocol
internal import TestStack
internal import TestSupport

/// How cost grows: with the size of lists, with shards, with routers; what a device a little or wholly behind costs.
struct GrowthSection: Section {
    static let name = "growth"
    static let title = "How cost grows"
    private static let sizes = [10, 1_000, 10_000]

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        var copy = report
        defer { report = copy }
        try await Stack.loaded { stack, fleet in
            try await sizes(fleet, bench, &copy)
            try await behind(stack, fleet, &copy)
        }
        try await layouts(bench, &copy)
    }

    /// Few lists, for the large ones take long to make; one each a connection.
    private static func sizes(_ fleet: Fleet, _ bench: Bench, _ report: inout Report) async throws {
        var times: [Double] = []
        for items in sizes {
            bench.progress("lists of \(items) items")
            let run = try await fleet.push(connections: 8, items: items, measured: bench.duration(seconds: 8))
            try run.requireNoFailures()
            times.append(1_000 / run.pushesPerSecond)
            let small = items == sizes[0] ? [] : [Peer("\(sizes[0]) items", times[0])]
            report.add(
                section: title,
                Figure(
                    label: "a push to a list of \(Double(items).readable) items, 8 connections",
                    value: times[times.count - 1],
                    unit: "ms of the whole", peers: small, goals: items == 10_000 ? [.atMostOfPeer(1.2)] : []))
        }
        report.plot(
            section: title,
            Plot(
                "A push to a list of so many items", .lines, unit: "milliseconds of the whole", axis: "items",
                categories: sizes.map { Double($0).short }, series: [.init("8 connections", times)]))
    }

    private static func behind(_ stack: Stack, _ fleet: Fleet, _ report: inout Report) async throws {
        guard let (person, device) = try await fleet.lists(connections: 1, items: 10_000).first else { return }
        let before = device.document.context
        _ = try await fleet.push(connections: 1, items: 10_000, warmUp: .zero, measured: .seconds(5), pushesEach: 1)
        let reader = ReplicaID(rawValue: .random(in: 1..<(1 << 63)))
        for (label, context) in [("a device one edit behind", before), ("the first sync", Context())] {
            let request = SyncRequest(
                replica: reader, documents: [.init(id: device.list, kind: .list, context: context)])
            var times = Distribution()
            let rows = try await rowsRead(stack)
            var bytes = 0
            for _ in 0..<5 {
                let start = ContinuousClock.now
                let answer = try await HTTP.send(
                    "POST", "\(stack.address)/v1/sync", token: person.token, bytes: request.encoded(),
                    headers: ["Content-Type": SyncFormat.mediaType])
                times.record(start.duration(to: .now))
                guard answer.status == 200 else { throw TestSupportError("a read failed: \(answer.status)") }
                bytes = answer.body.count
            }
            let touched = try await rowsRead(stack) - rows
            let of = "\(label) of a list of 10,000 items"
            report.add(section: title, label: "\(of), time", value: times.quantile(0.5), unit: "ms")
            report.add(section: title, label: "\(of), answer", value: Double(bytes), unit: "bytes")
            report.add(section: title, label: "\(of), rows read", value: Double(touched) / 5, unit: "rows")
        }
    }

    private static func layouts(_ bench: Bench, _ report: inout Report) async throws {
        let layouts = [(3, 1), (5, 1), (9, 1), (5, 2)]
        var rates: [Double] = []
        for (shards, routers) in layouts {
            bench.progress("\(shards) shards, \(routers) routers")
            var layout = Stack.Layout.measured
            (layout.shards, layout.routers) = (shards, routers)
            var rate = 0.0
            try await Stack.loaded(layout) { _, fleet in
                let run = try await fleet.push(connections: 64, measured: bench.duration(seconds: 8))
                try run.requireNoFailures()
                rate = run.pushesPerSecond
            }
            rates.append(rate)
            report.add(
                section: title,
                label: "64 connections on \(shards) shards with \(routers) \(routers == 1 ? "router" : "routers")",
                value: rate, unit: "pushes/s")
        }
        report.plot(
            section: title,
            Plot(
                "More processes on the same two cores", .bars, unit: "pushes a second", axis: "shards, routers",
                categories: layouts.map { "\($0), \($1)" }, series: [.init("64 connections", rates)]))
        report.note(
            section: title,
            "More shards and routers spread work over machines; on one machine they only cost: each batch is cut into smaller ones."
        )
    }

    /// Rows that all Postgres servers have fetched for statements so far.
    private static func rowsRead(_ stack: Stack) async throws -> Int {
        var rows = 0
        // A connection that falls idle tells its server what it did up to ten seconds later (PGSTAT_IDLE_INTERVAL).
        try await Task.sleep(for: .seconds(11))
        for zone in stack.zones {
            rows += try await Postgres.value(
                "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables",
                at: zone)
        }
        return rows
    }
}

/// Questions to a server, by psql.
enum Postgres {
    static func value(_ sql: String, at server: PostgresServer) async throws -> Int {
        let result = try await CommandResult.of("/usr/bin/psql", [server.url, "-qtAc", sql], environment: [:])
        guard result.status == 0 else { throw TestSupportError("psql: \(result.errors)") }
        return Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
}
