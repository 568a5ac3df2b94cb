import ArgumentParser
import Foundation
import Logging
import Placement
import Postgres
import Redis
import ShardStore

/// `larder shards`: the schemas behind the ring.
struct ShardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shards", abstract: "Look after the shards' schemas (operators).",
        subcommands: [
            ShardsListCommand.self, ShardsVerifyCommand.self, ShardsMigrateCommand.self, ShardsNewMigrationCommand.self,
        ], defaultSubcommand: ShardsListCommand.self)
}

/// A shard's schema, opened for an operator.
struct OpenShard: Sendable {
    let shard: Shard
    let connection: PostgresConnection

    init(_ shard: Shard, _ zones: ZoneList) throws {
        guard let url = zones.url(of: shard.zone) else {
            throw OperatorError(
                "Shard \(shard.id) is in zone \(shard.zone), and LARDER_POSTGRES_URLS names no server for it.")
        }
        self.shard = shard
        let quiet = Logger(label: "larder") { _ in SwiftLogNoOpLogHandler() }
        connection = PostgresConnection(try ShardSchema(shard.id).configuration(server: url), logger: quiet)
    }
}

struct ShardsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "What each shard holds.")

    @OptionGroup var redis: RedisOptions
    @OptionGroup var postgres: PostgresOptions

    func run() async throws {
        let zones = postgres.postgresUrls
        try await redis.withRedis { client in
            let table = try await redis.placement(client)
            print(["SHARD", "ZONE", "DOCUMENTS", "ENTRIES", "OPERATIONS", "HINTS"].map { $0.padding(12) }.joined())
            for shard in table.shards {
                let open = try OpenShard(shard, zones)
                let counts = try await open.connection.query(ShardStatements.counts).rows.first
                let cells = try (0..<4).map { "\(try counts?[$0].int() ?? 0)" }
                print(([shard.id.name, shard.zone.name] + cells).map { $0.padding(12) }.joined())
            }
        }
    }
}

struct ShardsMigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Applies what the shards' schemas lack of their migrations; workers do so at start.")

    @OptionGroup var redis: RedisOptions
    @OptionGroup var postgres: PostgresOptions
    @Option(help: "One shard alone; without it all of the placement.") var shard: String?

    func run() async throws {
        let zones = postgres.postgresUrls
        try await redis.withRedis { client in
            let table = try await redis.placement(client)
            let chosen = table.shards.filter { self.shard == nil || $0.id.name == self.shard }
            guard !chosen.isEmpty else { throw OperatorError("There is no shard \(self.shard ?? "").") }
            for shard in chosen {
                let open = try OpenShard(shard, zones)
                let applied = try await Migrator.apply(
                    ShardMigrations.all, schema: ShardSchema(shard.id).name, on: open.connection)
                print("\(shard.id): \(applied.isEmpty ? "up to date" : applied.joined(separator: ", "))")
            }
        }
    }
}

/// Adds a migration to the source: a file of its own, named in the list. It is compiled into the workers.
struct ShardsNewMigrationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new-migration", abstract: "Adds an empty migration to the source of the shards' schema.")

    @Argument(help: "What it does: words of a-z and 0-9, joined by -.") var name: String
    @Option(help: "The folder of the project.", completion: .directory) var project = "."

    func validate() throws {
        guard name.wholeMatch(of: /[a-z][a-z0-9]*(-[a-z0-9]+)*/) != nil else {
            throw ValidationError("A migration's name is words of a-z and 0-9, joined by -: add-horizon.")
        }
    }

    func run() throws {
        let folder = URL(filePath: project).appending(path: "Shared/ShardStore/Migrations")
        let list = folder.appending(path: "All.swift")
        guard var text = try? String(contentsOf: list, encoding: .utf8), let end = text.range(of: "\n    ]\n") else {
            throw OperatorError(
                "\(list.path) is not there: run it in the project's folder, or name that with --project.")
        }
        let number = ShardMigrations.all.count + 1
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let words = name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        let file = folder.appending(path: "M\(padded)\(words).swift")
        text.replaceSubrange(end, with: ",\n        m\(padded)\(words),\n    ]\n")
        text = text.replacing(",,\n", with: ",\n")
        try Self.template(identifier: "m\(padded)\(words)", name: "\(padded)-\(name)")
            .write(to: file, atomically: true, encoding: .utf8)
        try text.write(to: list, atomically: true, encoding: .utf8)
        print("\(file.path): write its SQL there, build, and restart the workers or run `larder shards migrate`.")
    }

    private static func template(identifier: String, name: String) -> String {
        """
        internal import Postgres

        extension ShardMigrations {
            static let \(identifier) = Migration(
                name: "\(name)",
                sql: \"""
                    \""")
        }

        """
    }
}
