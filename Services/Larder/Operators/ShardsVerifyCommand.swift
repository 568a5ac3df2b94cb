import ArgumentParser
import ListCRDT
import Placement
import Postgres
import ShardStore

/// Reads every document in every shard and holds its three homes against one another, byte for byte by digest.
struct ShardsVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Counts every document on its home shards and shows whether the copies are byte-identical.",
        discussion:
            "Exit status 1 when a copy is missing or differs. What is being written now may be on its way: --wait.")

    @OptionGroup var redis: RedisOptions
    @OptionGroup var postgres: PostgresOptions
    @Option(help: "Look again for so many seconds while copies are missing or differ.") var wait = 5

    func run() async throws {
        let zones = postgres.postgresUrls
        let table = try await redis.withRedis { try await redis.placement($0) }
        let shards = try table.shards.map { try OpenShard($0, zones) }
        let deadline = ContinuousClock.now + .seconds(wait)
        var census = try await ShardCensus.take(shards, table)
        while !census.isWell, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(500))
            census = try await ShardCensus.take(shards, table)
        }
        print(census.description)
        if !census.isWell { throw ExitCode.failure }
    }
}

/// What a look through all shards found.
struct ShardCensus: CustomStringConvertible {
    private static let pageRows: Int64 = 2_000
    private static let examplesMax = 5

    private var documents = 0
    private var copies: [ShardID: Int] = [:]
    private var onAllHomes = 0
    private var identical = 0
    private var strays = 0
    private var examples: [String] = []

    var isWell: Bool { onAllHomes == documents && identical == documents }

    static func take(_ shards: [OpenShard], _ table: PlacementTable) async throws -> ShardCensus {
        var census = ShardCensus()
        var readers = shards.map { DigestReader(shard: $0) }
        for index in readers.indices { try await readers[index].fill(pageRows) }
        // Every reader goes through its shard in the order of ids: the smallest id in front is next, wherever it stands.
        while let document = readers.compactMap(\.front?.document).min() {
            var digests: [ShardID: [UInt8]] = [:]
            for index in readers.indices where readers[index].front?.document == document {
                digests[readers[index].shard.shard.id] = readers[index].front?.digest
                try await readers[index].advance(pageRows)
            }
            census.count(document, digests, home: table.home(of: Partition(of: document)))
        }
        return census
    }

    private mutating func count(_ document: DocumentID, _ digests: [ShardID: [UInt8]], home: [ShardID]) {
        documents += 1
        for shard in digests.keys { copies[shard, default: 0] += 1 }
        strays += digests.keys.count { !home.contains($0) }
        let held = home.compactMap { digests[$0] }
        if held.count == home.count { onAllHomes += 1 }
        if held.count == home.count, Set(held).count == 1 {
            identical += 1
        } else if examples.count < Self.examplesMax {
            let state = home.map {
                "\($0) \(digests[$0].map { $0.prefix(4).map { String($0, radix: 16) }.joined() } ?? "missing")"
            }
            examples.append("  \(document.hex): \(state.joined(separator: ", "))")
        }
    }

    var description: String {
        let held = copies.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        var lines = [
            "documents                    \(documents)",
            "on all their home shards     \(onAllHomes)",
            "byte-identical on all homes  \(identical)",
            "copies a shard               \(held)",
        ]
        if strays > 0 { lines.append("copies elsewhere             \(strays)") }
        if !examples.isEmpty { lines += ["not yet alike, for example:"] + examples }
        return lines.joined(separator: "\n")
    }
}

/// Goes through a shard's documents page by page.
private struct DigestReader {
    let shard: OpenShard
    private var page: ArraySlice<(document: DocumentID, digest: [UInt8])> = []
    private var last: [UInt8] = []

    init(shard: OpenShard) { self.shard = shard }

    var front: (document: DocumentID, digest: [UInt8])? { page.first }

    mutating func advance(_ rows: Int64) async throws {
        page.removeFirst()
        if page.isEmpty { try await fill(rows) }
    }

    mutating func fill(_ rows: Int64) async throws {
        let result = try await shard.connection.query(ShardStatements.digests, .bytes(last), .int(rows))
        page = try result.rows.map { row in
            (document: DocumentID(bytes: try row[0].bytes()) ?? .zero, digest: try row[1].bytes())
        }[...]
        if let end = page.last { last = end.document.bytes }
    }
}
