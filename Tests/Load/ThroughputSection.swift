internal import TestStack
internal import TestSupport

/// Acknowledged edits a second, beside PostgreSQL's own quorum commit.
struct ThroughputSection: Section {
    static let name = "throughput"
    static let title = "Acknowledged pushes"
    private static let editsPerPush = 50

    /// `report.value(section: ThroughputSection.title, label:)`
    static func label(_ connections: Int) -> String { "single-edit pushes, \(connections) connections" }

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        var copy = report
        defer { report = copy }
        try await Stack.loaded { stack, fleet in
            try await singles(fleet, bench, &copy)
            bench.progress("pushes of \(editsPerPush) edits")
            let run = try await fleet.push(
                connections: 64, editsPerPush: editsPerPush, measured: bench.duration(seconds: 10))
            copy.add(
                section: title, label: "edits in pushes of \(editsPerPush), 64 connections", rate: run.editsPerSecond,
                of: "edits", times: run.result.latencies, goal: .atLeast(50_000))
            try run.requireNoFailures()
        }
    }

    private static func singles(_ fleet: Fleet, _ bench: Bench, _ report: inout Report) async throws {
        var runs: [PushRun] = []
        for connections in PostgresPeer.connections {
            bench.progress("\(connections) connections")
            let run = try await fleet.push(connections: connections, measured: bench.duration(seconds: 10))
            try run.requireNoFailures()
            let peer = report.value(section: PostgresPeer.title, label: PostgresPeer.label(connections))
            let isMeasure = connections == 64
            var goals: [Goal] = isMeasure ? [.atLeast(5_000)] : []
            if isMeasure, peer != nil { goals.append(.atLeastOfPeer(0.5)) }
            report.add(
                section: title,
                Figure(
                    label: label(connections), value: run.pushesPerSecond, unit: "pushes/s",
                    peers: peer.map { [Peer("PostgreSQL", $0)] } ?? [], goals: goals))
            for (name, share) in [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)] {
                report.add(
                    section: title, label: "\(label(connections)), \(name)",
                    value: run.result.latencies.quantile(share),
                    unit: "ms")
            }
            runs.append(run)
        }
        plot(runs, &report)
        report.note(
            section: title,
            """
            Three shards on three Postgres servers with fsync, one of each other service, all on this machine with what drives \
            them. A push is one edit of an item in a list of ten, sent as `POST /v1/sync` and answered when two of three servers \
            have committed it; each connection sends the next when the last is answered.
            """)
    }

    private static func plot(_ runs: [PushRun], _ report: inout Report) {
        let connections = PostgresPeer.connections
        let categories = connections.map(String.init)
        let peers = connections.map { report.value(section: PostgresPeer.title, label: PostgresPeer.label($0)) }
        report.plot(
            section: title,
            Plot(
                "Durable on two of three", .bars, unit: "a second", axis: "connections", categories: categories,
                series: [.init("Larder, pushes", runs.map(\.pushesPerSecond)), .init("PostgreSQL, upserts", peers)]))
        let quantiles = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)].map { name, share in
            Plot.Series(name, runs.map { $0.result.latencies.quantile(share) })
        }
        report.plot(
            section: title,
            Plot(
                "Time of a push", .lines, unit: "milliseconds", axis: "connections", logarithmic: true,
                categories: categories, series: quantiles))
    }
}

extension PushRun {
    func requireNoFailures() throws {
        if failureCount > 0 { throw TestSupportError("pushes failed: \(result.failures)") }
    }
}
