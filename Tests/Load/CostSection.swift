internal import Foundation
internal import ListCRDT
internal import TestStack
internal import TestSupport

/// What an acknowledged edit costs, and where its time goes.
struct CostSection: Section {
    static let name = "cost"
    static let title = "What an edit costs"

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        var copy = report
        defer { report = copy }
        var layout = Stack.Layout.measured
        layout.postgres["shared_preload_libraries"] = "pg_stat_statements"
        try await Stack.loaded(layout) { stack, fleet in
            for zone in stack.zones { _ = try await Postgres.value("CREATE EXTENSION pg_stat_statements", at: zone) }
            try await stages(stack, fleet, bench, &copy)
            try await load(stack, fleet, bench, &copy)
            try await size(stack, fleet, &copy)
        }
    }

    // MARK: Under full load

    private static func load(_ stack: Stack, _ fleet: Fleet, _ bench: Bench, _ report: inout Report) async throws {
        bench.progress("full load")
        _ = try await fleet.push(connections: 64, measured: .seconds(1))
        let before = try await Counts(stack)
        let run = try await fleet.push(connections: 64, warmUp: .zero, measured: bench.duration(seconds: 10))
        try run.requireNoFailures()
        let after = try await Counts(stack)
        let edits = Double(run.result.edits)
        var cpu: [(String, Double)] = []
        for (old, new) in zip(before.processes, after.processes) {
            let microseconds = (new.use.cpuSeconds - old.use.cpuSeconds) * 1e6 / edits
            cpu.append((new.name, microseconds))
            report.add(section: title, label: "CPU of \(new.name)", value: microseconds, unit: "µs an edit")
        }
        report.add(section: title, label: "CPU of all", value: cpu.reduce(0) { $0 + $1.1 }, unit: "µs an edit")
        for (name, use) in after.processes where stack.layout.services.contains(name) {
            report.add(
                section: title, label: "peak memory of \(name)", value: use.peakBytes / 1e6, unit: "MB",
                goal: .atMost(150))
        }
        report.add(
            section: title, label: "Redis commands", value: Double(after.redis - before.redis) / edits, unit: "an edit")
        report.add(
            section: title, label: "Postgres statements", value: Double(after.statements - before.statements) / edits,
            unit: "an edit")
        report.plot(
            section: title,
            Plot(
                "CPU of an edit at full load", .stack, unit: "microseconds", categories: ["an edit"],
                series: cpu.map { .init($0.0, [$0.1]) }))
        report.note(
            section: title,
            "Full load: 64 connections, one edit a push, \(Int(run.pushesPerSecond)) a second in this section.")
    }

    private struct Counts {
        let processes: [(name: String, use: ProcessUse)]
        let redis: Int
        var statements = 0

        init(_ stack: Stack) async throws {
            processes = ProcessUse.all(of: stack)
            let info = try await CommandResult.of(
                "/usr/bin/redis-cli", ["-p", "\(stack.redis.port)", "info", "stats"], environment: [:]
            ).output
            let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_commands_processed:") }
            redis = line.flatMap { Int($0.dropFirst("total_commands_processed:".count)) } ?? 0
            for zone in stack.zones {
                statements += try await Postgres.value("SELECT sum(calls)::bigint FROM pg_stat_statements", at: zone)
            }
        }
    }

    // MARK: A lone edit

    private static func stages(_ stack: Stack, _ fleet: Fleet, _ bench: Bench, _ report: inout Report) async throws {
        bench.progress("lone edits")
        let run = try await fleet.push(connections: 4, perSecond: 20, measured: bench.duration(seconds: 10))
        try run.requireNoFailures()
        let stages = try await EditStages.measured(at: stack, whole: run.result.latencies.mean)
        for stage in stages {
            report.add(section: title, label: "a lone edit: \(stage.name)", value: stage.milliseconds, unit: "ms")
        }
        report.add(section: title, label: "a lone edit, the whole", value: run.result.latencies.mean, unit: "ms")
        report.plot(
            section: title,
            Plot(
                "Where the time of a lone edit goes", .stack, unit: "milliseconds", categories: ["an edit"],
                series: stages.map { .init($0.name, [$0.milliseconds]) }))
    }

    // MARK: On disk

    private static func size(_ stack: Stack, _ fleet: Fleet, _ report: inout Report) async throws {
        let items = 1_000
        let lists = 40
        func bytes() async throws -> Int {
            var bytes = 0
            for zone in stack.zones { bytes += try await Postgres.value(allTables, at: zone) }
            return bytes
        }
        let before = try await bytes()
        _ = try await fleet.lists(connections: lists / 2, items: items)
        let item = Double(try await bytes() - before) / Double(3 * lists * items)
        report.add(
            section: title, label: "an item in Postgres, each copy, added and not edited", value: item, unit: "bytes")
    }

    private static let allTables = """
        SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname LIKE '%shard%'
        """
}
