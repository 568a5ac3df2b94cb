internal import Foundation
internal import TestStack
internal import TestSupport

/// PostgreSQL's own 2-of-3: a primary whose commits wait until one of two standbys has written them to its disk as well.
final class PostgresQuorum: Sendable {
    private static let standbyNames = ["one", "two"]

    let primary: PostgresServer
    private let standbys: [PostgresServer]

    /// Standbys begin as copies of the primary's folder, taken while it is down. Nothing is in it yet.
    init() async throws {
        let ours = [
            "synchronous_commit": "on", "synchronous_standby_names": "ANY 1 (one, two)", "max_connections": "300",
            "shared_buffers": "256MB", "max_wal_size": "4GB", "hot_standby": "on",
        ]
        let primary = try await PostgresServer.started(.init(settings: ours))
        self.primary = primary
        try await primary.stop()
        standbys = try PostgresQuorum.standbyNames.map { name in
            let source = "host=127.0.0.1 port=\(primary.port) user=postgres application_name=\(name)"
            return try PostgresServer(.init(settings: ours.merging(["primary_conninfo": source]) { $1 }))
        }
        for standby in standbys {
            let data = standby.directory.file("data")
            try await PostgresQuorum.run("/bin/cp", ["-a", primary.directory.file("data").path, data.path])
            try Data().write(to: data.appending(path: "standby.signal"))
        }
        for server in [primary] + standbys { try await server.start() }
        try await eventually(within: .seconds(30), "both standbys stream and count") { try await self.isQuorum() }
    }

    func stop() async {
        for server in [primary] + standbys { try? await server.stop() }
    }

    /// What the primary says of its standbys: both stream, and any one of them is enough.
    func isQuorum() async throws -> Bool {
        let states = try await sql("SELECT state || ' ' || sync_state FROM pg_stat_replication")
        return states.split(separator: "\n") == ["streaming quorum", "streaming quorum"]
    }

    /// That commits really wait: with one standby halted they come, with both halted they wait until one is back.
    func proveWaiting() async throws {
        defer { standbys.forEach { $0.resume() } }
        try await standbys[0].pause()
        try await sql("CREATE TABLE proof ()")
        try await standbys[1].pause()
        async let commit = sql("DROP TABLE proof")
        try await eventually(within: .seconds(10), "a commit waits for a standby") {
            try await self.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == "1\n"
        }
        standbys[0].resume()
        _ = try await commit
    }

    @discardableResult
    func sql(_ statement: String) async throws -> String {
        try await PostgresQuorum.run("/usr/bin/env", ["psql", primary.url, "-qtAX", "-c", statement])
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let result = try await CommandResult.of(program, arguments, environment: [:])
        guard result.status == 0 else { throw TestSupportError("\(program) \(arguments): \(result.errors)") }
        return result.output
    }
}
