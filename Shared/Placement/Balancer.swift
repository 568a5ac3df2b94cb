/// Makes placement tables. Pure: the same input gives the same table on every run and every machine.
///
/// What it promises, in this order: homes of distinct shards over as many zones as there can be; each shard within
/// its quota (see `ShardQuotas`); the fewest replicas moved; firsts, then seconds, spread evenly; pairs of shards
/// that share homes spread evenly, so that a dead shard's load falls on all others alike.
///
/// The first three are one minimum-cost flow, so they are exact. Firsts are exact for the homes found. Pairs are
/// improved by exchanges that move nothing more, until none helps.
package enum Balancer {
    /// The zone rule of `ShardQuotas` is right for these; more replicas would need a lower bound a zone too.
    package static let replicasAllowed = 1...3
    /// A slot of the encoded table is one byte.
    package static let shardsMax = 255

    package static func founding(
        _ shards: [Shard], replicas: Int = 3, epoch: UInt64 = 1
    ) throws(BalancerError) -> PlacementTable {
        let sorted = try checked(shards, replicas: replicas)
        return place(on: sorted, former: FormerHomes(shards: sorted), replicas: replicas, epoch: epoch)
    }

    /// The table for `shards` (who joined is in it, who left is not) that moves the fewest replicas, one epoch later.
    package static func rebalanced(
        _ table: PlacementTable, to shards: [Shard]
    ) throws(BalancerError) -> PlacementTable {
        let sorted = try checked(shards, replicas: table.replicas)
        let former = FormerHomes(shards: sorted, table: table)
        return place(on: sorted, former: former, replicas: table.replicas, epoch: table.epoch + 1)
    }

    private static func checked(_ shards: [Shard], replicas: Int) throws(BalancerError) -> [Shard] {
        guard replicasAllowed.contains(replicas) else { throw .replicasNotAllowed(replicas) }
        guard shards.count >= replicas else { throw .tooFewShards(have: shards.count, need: replicas) }
        guard shards.count <= shardsMax else { throw .tooManyShards(have: shards.count, limit: shardsMax) }
        let sorted = shards.sorted { $0.id < $1.id }
        for (shard, next) in zip(sorted, sorted.dropFirst()) where shard.id == next.id {
            throw .duplicateShard(shard.id)
        }
        return sorted
    }

    private static func place(
        on shards: [Shard], former: FormerHomes, replicas: Int, epoch: UInt64
    ) -> PlacementTable {
        let quotas = ShardQuotas(shards: shards, replicas: replicas)
        var homes = HomeNetwork(quotas: quotas, former: former, replicas: replicas).homes()
        PairSpreading.improve(&homes, quotas: quotas, former: former)
        PreferenceOrder.arrange(&homes, shardCount: shards.count, former: former)
        return PlacementTable(
            epoch: epoch, shards: shards, replicas: replicas, slots: homes.joined().map(UInt8.init(truncatingIfNeeded:))
        )
    }
}

/// Why there is no table for these shards. The operator's to fix; nothing was changed.
package enum BalancerError: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewShards(have: Int, need: Int)
    case tooManyShards(have: Int, limit: Int)
    case duplicateShard(ShardID)
    case replicasNotAllowed(Int)

    package var description: String {
        switch self {
        case .tooFewShards(let have, let need): "\(have) shards cannot hold \(need) copies: add \(need - have) or more"
        case .tooManyShards(let have, let limit): "\(have) shards are more than a ring's limit of \(limit)"
        case .duplicateShard(let shard): "shard \(shard) is named twice"
        case .replicasNotAllowed(let replicas): "\(replicas) replicas: a ring keeps 1 to 3 copies of a document"
        }
    }
}

/// Where partitions lived before, told in the indices of the shards there are now; who left is left out.
struct FormerHomes {
    /// In order of preference, a partition.
    let homes: [[Int]]
    private let shardCount: Int
    private var isHome: [Bool]

    /// No former homes: a founding.
    init(shards: [Shard]) {
        homes = Array(repeating: [], count: Partition.count)
        shardCount = shards.count
        isHome = Array(repeating: false, count: Partition.count * shards.count)
    }

    init(shards: [Shard], table: PlacementTable) {
        let indices = table.shards.map { old in shards.firstIndex { $0.id == old.id } }
        homes = (0..<Partition.count).map { table.homeIndices(of: $0).compactMap { indices[Int($0)] } }
        shardCount = shards.count
        isHome = Array(repeating: false, count: Partition.count * shards.count)
        for (partition, home) in homes.enumerated() {
            for shard in home { isHome[partition * shardCount + shard] = true }
        }
    }

    func contains(_ shard: Int, _ partition: Int) -> Bool { isHome[partition * shardCount + shard] }
}
