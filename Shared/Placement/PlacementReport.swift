/// How good a table is, measured on the table itself and not taken from the balancer's word.
package struct PlacementReport: Hashable, Sendable {
    package let shardCount: Int
    package let zoneCount: Int
    /// Homes with a repeated shard, or over fewer zones than there could be.
    package let violations: Int
    /// Whether each shard holds what the quota rule gives it.
    package let keepsQuotas: Bool
    /// The fewest and the most replicas that a shard holds.
    package let held: ClosedRange<Int>
    /// The fewest and the most homes that a shard comes first in.
    package let firsts: ClosedRange<Int>
    /// The fewest and the most homes that two shards share, of those that may share any.
    package let pairs: ClosedRange<Int>
    /// Replicas that are copied to get here from the former table; 0 with none.
    package let moves: Int
    /// The fewest that quotas allow: no table that keeps them is reached by copying less.
    package let minimumMoves: Int
    private let mean: Double

    /// The most replicas a shard holds ÷ the mean; 1 is perfect.
    package var evenness: Double { Double(held.upperBound) / mean }

    package init(_ table: PlacementTable, since former: PlacementTable? = nil) {
        let quotas = ShardQuotas(shards: table.shards, replicas: table.replicas)
        let homes = (0..<Partition.count).map { table.homeIndices(of: $0).map(Int.init) }
        let counts = table.shards.indices.map { shard in homes.count { $0.contains(shard) } }
        let zonesWanted = min(table.replicas, quotas.zoneCount)
        shardCount = table.shards.count
        zoneCount = quotas.zoneCount
        violations = homes.count { home in
            Set(home).count < table.replicas || Set(home.map { quotas.zoneOfShard[$0] }).count < zonesWanted
        }
        keepsQuotas = quotas.allow(held: counts)
        held = Self.spread(counts)
        firsts = Self.spread(table.shards.indices.map { shard in homes.count { $0.first == shard } })
        pairs = Self.spread(Self.pairCounts(homes, quotas))
        mean = Double(homes.count * table.replicas) / Double(table.shards.count)
        let past = former.map { FormerHomes(shards: table.shards, table: $0) }
        moves = past.map { Self.moves(from: $0, to: homes) } ?? 0
        minimumMoves =
            past.map { past in
                quotas.minimumMoves(held: table.shards.indices.map { shard in past.homes.count { $0.contains(shard) } })
            } ?? 0
    }

    private static func moves(from former: FormerHomes, to homes: [[Int]]) -> Int {
        homes.indices.reduce(0) { sum, partition in
            sum + homes[partition].count { !former.contains($0, partition) }
        }
    }

    private static func pairCounts(_ homes: [[Int]], _ quotas: ShardQuotas) -> [Int] {
        let shards = quotas.zoneOfShard.indices
        var counts = Array(repeating: 0, count: shards.count * shards.count)
        for home in homes {
            for one in home { for other in home { counts[one * shards.count + other] += 1 } }
        }
        return shards.flatMap { one in
            shards[(one + 1)...].compactMap { other in
                let mayShare = quotas.perHome > 1 || quotas.zoneOfShard[one] != quotas.zoneOfShard[other]
                return mayShare ? counts[one * shards.count + other] : nil
            }
        }
    }

    private static func spread(_ counts: [Int]) -> ClosedRange<Int> {
        (counts.min() ?? 0)...(counts.max() ?? 0)
    }
}
