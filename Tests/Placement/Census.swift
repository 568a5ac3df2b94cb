import Placement
import Testing

/// What a table amounts to, counted the plain way from `home(of:)` alone.
struct Census {
    let homes: [[ShardID]]
    let shards: [Shard]
    let replicas: Int

    init(_ table: PlacementTable) {
        homes = Partition.all.map(table.home)
        shards = table.shards
        replicas = table.replicas
    }

    var held: [ShardID: Int] { counts(homes.flatMap(\.self)) }
    var firsts: [ShardID: Int] { counts(homes.compactMap(\.first)) }
    var seconds: [ShardID: Int] { counts(homes.compactMap { $0.dropFirst().first }) }

    var violations: Int {
        let zones = Dictionary(uniqueKeysWithValues: shards.map { ($0.id, $0.zone) })
        let zonesWanted = min(replicas, Set(zones.values).count)
        return homes.count { home in
            Set(home).count != replicas || Set(home.compactMap { zones[$0] }).count != zonesWanted
        }
    }

    func moves(since former: Census) -> Int {
        zip(former.homes, homes).reduce(0) { $0 + Set($1.1).subtracting($1.0).count }
    }

    /// A home has no more replicas in one zone than it must, so a zone of n shards can take 256 · min(that, n). The
    /// replicas handed out in rounds, one to each shard whose zone can still take one.
    var levelled: [Int] {
        let sizes = shards.reduce(into: [Zone: Int]()) { $0[$1.zone, default: 0] += 1 }
        let inOneZone = replicas - min(replicas, sizes.count) + 1
        var room = sizes.mapValues { 256 * min(inOneZone, $0) }
        var loads = shards.map { _ in 0 }
        var left = 256 * replicas
        while left > 0 {
            for (index, shard) in shards.enumerated() where left > 0 && room[shard.zone, default: 0] > 0 {
                loads[index] += 1
                room[shard.zone, default: 0] -= 1
                left -= 1
            }
        }
        return loads.sorted()
    }

    private func counts(_ ids: [ShardID]) -> [ShardID: Int] {
        ids.reduce(into: Dictionary(uniqueKeysWithValues: shards.map { ($0.id, 0) })) { $0[$1, default: 0] += 1 }
    }
}

func shard(_ number: Int, zone: Int) throws -> Shard {
    Shard(id: try #require(ShardID("shard-\(number)")), zone: try #require(Zone("zone-\(zone)")))
}

/// Shards that stand in turn in the zones.
func shards(_ numbers: Range<Int>, zones: Int) throws -> [Shard] {
    try numbers.map { try shard($0, zone: $0 % zones) }
}

/// FNV-1a.
func fingerprint(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

/// The tables founded for 3 to 32 shards that stand in turn in 1 to 5 zones, by zones and shards; made once.
private let foundings: [Int: [Int: PlacementTable]] = (1...5).reduce(into: [:]) { all, zones in
    all[zones] = (max(3, zones)...32).reduce(into: [:]) { tables, count in
        tables[count] = try? Balancer.founding(shards(0..<count, zones: zones))
    }
}

func founded(_ count: Int, zones: Int) throws -> PlacementTable {
    try #require(foundings[zones]?[count])
}
