internal import TestStack
internal import TestSupport

/// Acknowledged edits a second, beside PostgreSQL's own quorum commit.
struct ThroughputSection: Section {
    static let name = "throughput"
    static let title = "Acknowledged pushes"
    private static let editsPerPush = 50
    private static let connections = [1, 8, 64, 256]
    private static let quantiles = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)]

    /// `report.value(section: ThroughputSection.title, label:)`
    static func label(_ connections: Int) -> String { "single-edit pushes, \(connections) connections" }

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        var copy = report
        defer { report = copy }
        try await PostgresPeer.running { peer in
            try await Stack.loaded { stack, fleet in
                try await singles(fleet, peer, bench, &copy)
                bench.progress("pushes of \(editsPerPush) edits")
                let run = try await fleet.push(
                    connections: 64, editsPerPush: editsPerPush, measured: bench.duration(seconds: 10))
                copy.add(
                    section: title, label: "edits in pushes of \(editsPerPush), 64 connections",
                    rate: run.editsPerSecond, of: "edits", times: run.result.latencies, goal: .atLeast(50_000))
                try run.requireNoFailures()
            }
        }
    }

    private static func singles(
        _ fleet: Fleet, _ peer: PostgresPeer, _ bench: Bench, _ report: inout Report
    ) async throws {
        var all: [Rounds] = []
        for connections in connections {
            let isMeasure = connections == 64
            var rounds = Rounds()
            for round in 1...(isMeasure ? 5 : 3) {
                bench.progress("\(connections) connections, round \(round)")
                let theirs = try await peer.upserts(connections: connections, for: bench.duration(seconds: 5))
                let ours = try await fleet.push(connections: connections, measured: bench.duration(seconds: 5))
                try ours.requireNoFailures()
                rounds.add(theirs, ours)
            }
            report.add(
                section: title,
                Figure(
                    label: label(connections), value: rounds.pushes.median, unit: "pushes/s",
                    peers: [Peer("PostgreSQL", rounds.upserts.median)],
                    goals: isMeasure ? [.atLeast(5_000), .atLeastOfPeer(0.5)] : []))
            if isMeasure {
                for (name, ratio) in [("least", rounds.ratios.min()), ("greatest", rounds.ratios.max())] {
                    report.add(
                        section: title, label: "\(name) share of the peer in a turn", value: ratio ?? 0, unit: "×")
                }
            }
            for (name, share) in quantiles {
                report.add(
                    section: title,
                    Figure(
                        label: "\(label(connections)), \(name)", value: rounds.pushTimes.quantile(share), unit: "ms",
                        peers: [Peer("PostgreSQL", rounds.upsertTimes.quantile(share))], goals: []))
            }
            all.append(rounds)
        }
        plot(all, &report)
        report.note(
            section: title,
            """
            Three shards on three Postgres servers with fsync, one of each other service, all on this machine with what drives \
            them. A push is one edit of an item in a list of ten, sent as `POST /v1/sync` and answered when two of three servers \
            have committed it; each connection sends the next when the last is answered. Peer and Larder take turns of five \
            seconds, because the machine's pace changes within minutes; rates are medians of the turns.
            """)
        report.note(section: title, PostgresPeer.note)
    }

    /// Turns of the peer and of Larder, one after the other.
    private struct Rounds {
        var upserts: [Double] = []
        var upsertTimes = Distribution()
        var pushes: [Double] = []
        var pushTimes = Distribution()

        var ratios: [Double] { zip(pushes, upserts).map { $0 / $1 } }

        mutating func add(_ theirs: (perSecond: Double, times: Distribution), _ ours: PushRun) {
            upserts.append(theirs.perSecond)
            upsertTimes.merge(theirs.times)
            pushes.append(ours.pushesPerSecond)
            pushTimes.merge(ours.result.latencies)
        }
    }

    private static func plot(_ all: [Rounds], _ report: inout Report) {
        let categories = connections.map(String.init)
        report.plot(
            section: title,
            Plot(
                "Durable on two of three", .bars, unit: "a second", axis: "connections", categories: categories,
                series: [
                    .init("Larder, pushes", all.map { $0.pushes.median }),
                    .init("PostgreSQL, upserts", all.map { $0.upserts.median }),
                ]))
        for (name, times) in [("a push", all.map(\.pushTimes)), ("an upsert", all.map(\.upsertTimes))] {
            report.plot(
                section: title,
                Plot(
                    "Time of \(name)", .lines, unit: "milliseconds", axis: "connections", logarithmic: true,
                    categories: categories,
                    series: quantiles.map { name, share in Plot.Series(name, times.map { $0.quantile(share) }) }))
        }
    }
}

extension PushRun {
    func requireNoFailures() throws {
        if failureCount > 0 { throw TestSupportError("pushes failed: \(result.failures)") }
    }
}
