internal import Foundation
internal import TestSupport

/// The peer of acknowledged single-edit pushes: single-row upserts, committed on two of three Postgres servers.
struct PostgresPeer {
    private static let rows = 100_000

    private let quorum: PostgresQuorum

    /// Runs `body` beside three servers of its own, which wait while nothing is asked of them.
    static func running(_ body: (PostgresPeer) async throws -> Void) async throws {
        let quorum = try await PostgresQuorum()
        do {
            try await quorum.proveWaiting()
            try await eventually("the standbys are back") { try await quorum.isQuorum() }
            try await fill(quorum)
            let peer = PostgresPeer(quorum: quorum)
            _ = try await peer.upserts(connections: 8, for: .seconds(2))
            try await body(peer)
            guard try await quorum.isQuorum() else { throw TestSupportError("a standby was lost in the measurement") }
        } catch {
            await quorum.stop()
            throw error
        }
        await quorum.stop()
    }

    func upserts(connections: Int, for duration: Duration) async throws -> (perSecond: Double, times: Distribution) {
        try await Pgbench(quorum.primary, rows: PostgresPeer.rows).run(clients: connections, for: duration)
    }

    static let note = """
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
