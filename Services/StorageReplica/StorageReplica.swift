import ArgumentParser
import Bus
import Observability
import Placement
import ShardStore

/// `storage-replica`: owns a shard, one Postgres schema, and is the only one that reads and writes it.
@main
struct StorageReplicaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage-replica",
        abstract: "Owns a shard (a Postgres schema): applies operations and tells what it holds.",
        discussion: """
            A shard is held by a lease in Redis and by an owner number in its schema: a worker that lost its lease cannot write, however \
            late it wakes. A worker that finds no free shard stands by until one is free.
            """)

    @OptionGroup var common: CommonOptions

    @Option(
        variable: "LARDER_POSTGRES_URLS",
        help: "Postgres servers, comma-separated, each its own zone: zone=url,zone=url; without a name: z1, z2, …",
        valueName: "urls")
    var postgresUrls = ZoneList(single: "postgresql://127.0.0.1:5432/larder")

    @Option(variable: "LARDER_SHARD", help: "The shard to own; auto takes a free one.", valueName: "name|auto")
    var shard = "auto"

    @Option(
        variable: "LARDER_RING_SHARDS",
        help: "Shards s1, s2, … that the ring is founded with; the zones take turns.", valueName: "number")
    var ringShards = 5

    func validate() throws {
        guard shard == "auto" || ShardID(shard) != nil else {
            throw ValidationError("--shard must be auto, or 1 to 32 of a-z, 0-9 and -.")
        }
        guard (3...255).contains(ringShards) else { throw ValidationError("--ring-shards must be from 3 to 255.") }
    }

    func run() async throws {
        try await ServiceRuntime.run(role: "storage-replica", options: common) { context in
            let bus = try BusServices(context, redisURL: common.redisURL.text)
            let worker = ShardWorker(
                candidates: candidates, isAuto: shard == "auto", bus: bus, zones: postgresUrls, ringShards: ringShards,
                readiness: context.readiness, logger: context.logger)
            return bus.named() + [NamedService("shard", worker)]
        }
    }

    /// The shards this worker may own, each in its zone.
    private var candidates: [Shard] {
        let founding = (1...ringShards).compactMap { number in
            ShardID("s\(number)").map { Shard(id: $0, zone: postgresUrls.zone(ofShard: number)) }
        }
        guard shard != "auto", let name = ShardID(shard) else { return founding }
        return [founding.first { $0.id == name } ?? Shard(id: name, zone: postgresUrls.zone(ofShard: 1))]
    }
}

extension ZoneList: OptionValue {}
