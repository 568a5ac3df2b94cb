/// Spreads the pairs of shards that share homes: a dead shard's reads fall on those it is paired with.
///
/// Exchanges a replica of one partition for one of another while that lowers the sum of squared pair counts. An
/// exchange leaves every shard's count as it was, keeps the zone rule, and never adds a move.
struct PairSpreading {
    private static let roundsMax = 12

    private var homes: [[Int]]
    private var partitionsOfShard: [[Int]]
    /// How many homes two shards share; symmetric, `shardCount` squared.
    private var shared: [Int]
    private let shardCount: Int
    private let zoneOfShard: [Int]
    private let perHome: Int
    private let former: FormerHomes

    static func improve(_ homes: inout [[Int]], quotas: ShardQuotas, former: FormerHomes) {
        var spreading = PairSpreading(homes: homes, quotas: quotas, former: former)
        var rounds = 0
        while rounds < roundsMax, spreading.improveOnce() { rounds += 1 }
        homes = spreading.homes
    }

    private init(homes: [[Int]], quotas: ShardQuotas, former: FormerHomes) {
        self.homes = homes
        zoneOfShard = quotas.zoneOfShard
        perHome = quotas.perHome
        self.former = former
        shardCount = quotas.zoneOfShard.count
        partitionsOfShard = Array(repeating: [], count: shardCount)
        shared = Array(repeating: 0, count: shardCount * shardCount)
        for (partition, home) in homes.enumerated() {
            for shard in home {
                partitionsOfShard[shard].append(partition)
                for other in home where other != shard { shared[shard * shardCount + other] += 1 }
            }
        }
    }

    private mutating func improveOnce() -> Bool {
        var improved = false
        for partition in 0..<Partition.count {
            for shard in homes[partition] where exchange(shard, of: partition) { improved = true }
        }
        return improved
    }

    /// Tries to give `partition` another shard in place of `shard`, which takes that one's place elsewhere.
    private mutating func exchange(_ shard: Int, of partition: Int) -> Bool {
        for other in 0..<shardCount {
            // One side of an exchange that helps gains by itself, and each side gets its turn to be the first.
            guard !addsMove(partition, from: shard, to: other), fits(other, partition, insteadOf: shard) else {
                continue
            }
            let gain = change(partition, from: shard, to: other)
            guard gain < 0 else { continue }
            for second in partitionsOfShard[other] {
                guard !addsMove(second, from: other, to: shard), fits(shard, second, insteadOf: other) else { continue }
                let common = homes[partition].count { $0 != shard && homes[second].contains($0) }
                guard gain + change(second, from: other, to: shard) < 2 * common else { continue }
                replace(shard, by: other, in: partition)
                replace(other, by: shard, in: second)
                return true
            }
        }
        return false
    }

    private func addsMove(_ partition: Int, from shard: Int, to other: Int) -> Bool {
        former.contains(shard, partition) && !former.contains(other, partition)
    }

    private func fits(_ shard: Int, _ partition: Int, insteadOf leaving: Int) -> Bool {
        let zone = zoneOfShard[shard]
        var sameZone = 0
        for member in homes[partition] {
            if member == shard { return false }
            if member != leaving, zoneOfShard[member] == zone { sameZone += 1 }
        }
        return sameZone < perHome
    }

    /// Half the change of the sum of squares when a home swaps `shard` for `other`.
    private func change(_ partition: Int, from shard: Int, to other: Int) -> Int {
        var sum = 0
        for member in homes[partition] where member != shard {
            sum += shared[other * shardCount + member] - shared[shard * shardCount + member] + 1
        }
        return sum
    }

    private mutating func replace(_ shard: Int, by other: Int, in partition: Int) {
        for member in homes[partition] where member != shard {
            adjust(shard, member, by: -1)
            adjust(other, member, by: 1)
        }
        homes[partition].removeAll { $0 == shard }
        homes[partition].append(other)
        partitionsOfShard[shard].removeAll { $0 == partition }
        partitionsOfShard[other].append(partition)
    }

    private mutating func adjust(_ shard: Int, _ other: Int, by amount: Int) {
        shared[shard * shardCount + other] += amount
        shared[other * shardCount + shard] += amount
    }
}
