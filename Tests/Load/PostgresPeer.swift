internal import Foundation
internal import TestSupport

/// The peer of acknowledged single-edit pushes: single-row upserts, committed on two of three Postgres servers.
struct PostgresPeer: Section {
    static let name = "postgres"
    static let title = "PostgreSQL's own 2-of-3 quorum commit"
    static let connections = [1, 8, 64, 256]
    private static let rows = 100_000

    /// The label under which others find it: `report.value(section: PostgresPeer.title, label:)`.
    static func label(_ connections: Int) -> String { "upserts, \(connections) connections" }

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        let quorum = try await PostgresQuorum()
        do { try await measure(quorum, bench, &report) } catch {
            await quorum.stop()
            throw error
        }
        await quorum.stop()
    }

    private static func measure(_ quorum: PostgresQuorum, _ bench: Bench, _ report: inout Report) async throws {
        try await quorum.proveWaiting()
        try await eventually("the standbys are back") { try await quorum.isQuorum() }
        try await fill(quorum)
        _ = try await Pgbench(quorum.primary, rows: rows).run(clients: 8, for: .seconds(2))
        var rates: [Double?] = []
        var times: [Distribution] = []
        for clients in connections {
            bench.progress("\(clients) connections")
            let result = try await Pgbench(quorum.primary, rows: rows).run(
                clients: clients, for: bench.duration(seconds: 10))
            report.add(
                section: title, label: label(clients), rate: result.perSecond, of: "upserts", times: result.times)
            rates.append(result.perSecond)
            times.append(result.times)
        }
        guard try await quorum.isQuorum() else { throw TestSupportError("a standby was lost during the measurement") }
        let series = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)].map { name, share in
            Plot.Series(name, times.map { $0.quantile(share) })
        }
        report.plot(
            section: title,
            Plot(
                "PostgreSQL's quorum commit: time of an upsert", .lines, unit: "milliseconds", axis: "connections",
                logarithmic: true, categories: connections.map(String.init), series: series))
        report.note(section: title, note)
    }

    private static let note = """
        A primary and two standbys, `synchronous_standby_names = 'ANY 1 (one, two)'`, `synchronous_commit = on`, fsync on, all \
        three on this machine. pgbench, prepared, single-row upserts of 100 bytes into \(Double(rows).readable) rows, each its own \
        transaction. Seen in this run: both standbys stream as `quorum`; with one halted commits go on, with both halted they wait.
        """

    private static func fill(_ quorum: PostgresQuorum) async throws {
        try await quorum.sql("CREATE TABLE item (id int PRIMARY KEY, version bigint NOT NULL, state text NOT NULL)")
        try await quorum.sql(
            "INSERT INTO item SELECT id, 1, repeat('x', 100) FROM generate_series(1, \(rows)) id")
        try await quorum.sql("VACUUM ANALYZE item")
    }
}

/// One load by pgbench, whose log of every transaction gives the quantiles.
private struct Pgbench {
    let server: PostgresServer
    let rows: Int

    init(_ server: PostgresServer, rows: Int) {
        (self.server, self.rows) = (server, rows)
    }

    /// As a `ChildProcess`: other children inherit blocked signals, and pgbench needs its alarm to end.
    func run(clients: Int, for duration: Duration) async throws -> (perSecond: Double, times: Distribution) {
        let folder = try TemporaryDirectory("pgbench")
        let (script, log) = (folder.file("upsert.sql"), folder.file("output"))
        try Data(upsert.utf8).write(to: script)
        let child = try ChildProcess(
            [
                "/usr/bin/env", "pgbench", "-n", "-M", "prepared", "-c", "\(clients)", "-j", "\(min(clients, 2))",
                "-T", "\(duration.components.seconds)", "-f", script.path, "-l", "--log-prefix",
                folder.file("times").path, server.url,
            ], log: log)
        try await eventually(within: duration + .seconds(60), "pgbench ends") { !child.isRunning }
        let output = try String(contentsOf: log, encoding: .utf8)
        let words = output.split(separator: "\n").first { $0.hasPrefix("tps = ") }?.split(separator: " ") ?? []
        guard words.count > 2, let perSecond = Double(words[2]) else { throw TestSupportError("pgbench: \(output)") }
        return (perSecond, try times(in: folder.url))
    }

    private var upsert: String {
        """
        \\set id random(1, \(rows))
        INSERT INTO item VALUES (:id, 1, repeat('y', 100))
        ON CONFLICT (id) DO UPDATE SET version = item.version + 1, state = excluded.state;
        """
    }

    /// A line a transaction: client, number, microseconds, ….
    private func times(in folder: URL) throws -> Distribution {
        var times = Distribution()
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.lastPathComponent.hasPrefix("times") {
            for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
                let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
                guard words.count > 2, let microseconds = UInt64(String(decoding: words[2], as: UTF8.self)) else {
                    continue
                }
                times.record(microseconds * 1_000)
            }
        }
        return times
    }
}
