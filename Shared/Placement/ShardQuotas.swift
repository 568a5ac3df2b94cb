/// How many replicas each shard is to hold.
///
/// The rule. A home spreads over as many zones as it can: of N replicas over Z zones at most `perHome` = N − min(N,
/// Z) + 1 lie in one zone. So a zone of n shards can hold at most 256 · min(perHome, n). The 256 · N replicas are
/// levelled over the shards under that: a zone whose even share would exceed what it can hold is full and holds
/// exactly that; what is left is shared evenly by the shards of all other zones. Inside each such group every shard
/// holds ⌊mean⌋ or ⌈mean⌉. Where no zone is full, that is ⌊256 N / S⌋ or ⌈256 N / S⌉ for all.
struct ShardQuotas {
    /// Shards that share evenly: each holds `floor`, and `extra` of them one more.
    struct Group: Equatable {
        let members: [Int]
        let floor: Int
        let extra: Int
    }

    /// The most replicas of one home that may lie in one zone.
    let perHome: Int
    /// Zone number of each shard, in the shards' order.
    let zoneOfShard: [Int]
    let zoneCount: Int
    private(set) var groups: [Group] = []
    /// The most replicas that each zone can hold.
    private let capacity: [Int]

    init(shards: [Shard], replicas: Int) {
        var zones: [Zone] = []
        for zone in shards.map(\.zone).sorted() where zones.last != zone { zones.append(zone) }
        let zoneOfShard = shards.map { shard in zones.firstIndex(of: shard.zone) ?? 0 }
        let perHome = replicas - min(replicas, zones.count) + 1
        let sizes = zones.indices.map { zone in zoneOfShard.count { $0 == zone } }
        self.perHome = perHome
        self.zoneOfShard = zoneOfShard
        zoneCount = zones.count
        capacity = sizes.map { Partition.count * min(perHome, $0) }
        level(total: Partition.count * replicas, sizes: sizes)
    }

    private mutating func level(total: Int, sizes: [Int]) {
        var open = Array(sizes.indices)
        var remaining = total
        while !open.isEmpty {
            let members = open.reduce(0) { $0 + sizes[$1] }
            let full = open.filter { sizes[$0] * remaining > capacity[$0] * members }
            if full.isEmpty { return share(remaining, among: open) }
            for zone in full {
                share(capacity[zone], among: [zone])
                remaining -= capacity[zone]
            }
            open.removeAll(where: full.contains)
        }
    }

    private mutating func share(_ total: Int, among zones: [Int]) {
        let members = zoneOfShard.indices.filter { zones.contains(zoneOfShard[$0]) }
        groups.append(Group(members: members, floor: total / members.count, extra: total % members.count))
    }

    /// The fewest replicas that must be copied when the shards hold `held`: what each lacks of its quota, with the
    /// extras given where they cost nothing as far as the zones allow.
    func minimumMoves(held: [Int]) -> Int {
        groups.reduce(0) { sum, group in
            let lacking = group.members.reduce(0) { $0 + max(0, group.floor - held[$1]) }
            let free = (0..<zoneCount).reduce(0) { $0 + freeExtras(in: $1, of: group, held: held) }
            return sum + lacking + max(0, group.extra - free)
        }
    }

    private func freeExtras(in zone: Int, of group: Group, held: [Int]) -> Int {
        let members = group.members.filter { zoneOfShard[$0] == zone }
        return min(members.count { held[$0] > group.floor }, capacity[zone] - members.count * group.floor)
    }

    /// Whether shards that hold `held` keep the rule.
    func allow(held: [Int]) -> Bool {
        groups.allSatisfy { group in
            let beyond = group.members.map { held[$0] - group.floor }
            return beyond.allSatisfy { $0 == 0 || $0 == 1 } && beyond.reduce(0, +) == group.extra
        }
    }
}
