import ArgumentParser
import Bus
import Messages
import Placement
import Redis
import Routing

/// `larder ring`: what the ring is and who is up.
struct RingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ring", abstract: "Look at the ring (operators).",
        subcommands: [RingStatusCommand.self, RingEvennessCommand.self], defaultSubcommand: RingStatusCommand.self)
}

struct RingStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The placement, each shard's owner and backlog, and every service that is up.")

    @OptionGroup var redis: RedisOptions

    func run() async throws {
        try await redis.withRedis { client in
            let table = try await redis.placement(client)
            let report = PlacementReport(table)
            print(
                "epoch \(table.epoch), \(table.shards.count) shards, max/mean \(rounded(report.evenness)), "
                    + "\(report.violations) violations\n")
            print(row("SHARD", "ZONE", "OWNER", "PARTITIONS", "BACKLOG"))
            for shard in table.shards { print(try await line(shard, table, client)) }
            print("\n" + row("INSTANCE", "ROLE", "ADDRESS", "", ""))
            for instance in try await Instances(redis: client).live() {
                print(row(instance.name, instance.role, instance.address, "", ""))
            }
        }
    }

    private func line(_ shard: Shard, _ table: PlacementTable, _ client: RedisClient) async throws -> String {
        let owner = try await client.send(RedisCommand("GET", .string(Keys.lease(shard.id)))).string
        let group = try? await client.send(RedisCommand("XINFO", "GROUPS", .string(Keys.shard(shard.id))))
        let facts = group?.array?.first?.array ?? []
        let pending = value(of: "pending", in: facts) + value(of: "lag", in: facts)
        return row(
            shard.id.name, shard.zone.name, owner ?? "nobody", "\(table.partitions(of: shard.id).count)", "\(pending)")
    }

    private func value(of name: String, in facts: [RedisValue]) -> Int64 {
        guard let index = facts.firstIndex(where: { $0.string == name }), index + 1 < facts.count else { return 0 }
        return facts[index + 1].int ?? 0
    }
}

struct RingEvennessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evenness",
        abstract: "What the balancer makes of 3 to 32 shards in 1 to 5 zones, and what changes move.")

    func run() throws { print(try EvennessTable.rendered(), terminator: "") }
}

private func row(_ cells: String...) -> String {
    let widths = [24, 16, 44, 12, 8]
    let line = zip(cells, widths).map { $0.padding($1) }.joined()
    return String(line.reversed().drop { $0 == " " }.reversed())
}

private func rounded(_ number: Double) -> String { String(Double(Int(number * 1000 + 0.5)) / 1000) }

extension String {
    /// At least so wide, and one blank after it.
    func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
