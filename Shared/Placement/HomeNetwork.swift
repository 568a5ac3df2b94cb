/// The choice of homes as a flow: source → partition → (partition, zone) → shard → sink, one unit a replica.
///
/// A replica that stays costs nothing and one that moves costs one, so the cheapest flow moves the fewest. A shard
/// passes its quota's floor to the sink; the extras of a group go through a node of their own, which lets the flow
/// choose who gets them. All capacities into the sink add up to the replicas there are, so every quota is met
/// exactly.
struct HomeNetwork {
    private struct Seat {
        let partition: Int
        let shard: Int
        let edge: Int
    }

    private var network: MinimumCostFlow
    private var seats: [Seat] = []
    private let quotas: ShardQuotas
    private let former: FormerHomes
    private let shardCount: Int

    private static let source = 0
    private static let sink = 1
    private static func node(partition: Int) -> Int { 2 + partition }
    private func node(partition: Int, zone: Int) -> Int {
        2 + Partition.count + partition * quotas.zoneCount + zone
    }
    private func node(shard: Int) -> Int { 2 + Partition.count * (1 + quotas.zoneCount) + shard }
    private func node(group: Int) -> Int { node(shard: shardCount) + group }

    init(quotas: ShardQuotas, former: FormerHomes, replicas: Int) {
        let shardCount = quotas.zoneOfShard.count
        let nodes = 2 + Partition.count * (1 + quotas.zoneCount) + shardCount + quotas.groups.count
        network = MinimumCostFlow(nodes: nodes, source: Self.source, sink: Self.sink)
        self.quotas = quotas
        self.former = former
        self.shardCount = shardCount
        for partition in 0..<Partition.count { addEdges(of: partition, replicas: replicas) }
        for group in quotas.groups.indices { addEdges(ofGroup: group) }
    }

    /// The shards of each partition, in no order of preference.
    consuming func homes() -> [[Int]] {
        _ = network.saturate()
        var homes: [[Int]] = Array(repeating: [], count: Partition.count)
        for seat in seats where network.flow(on: seat.edge) > 0 { homes[seat.partition].append(seat.shard) }
        return homes
    }

    private mutating func addEdges(of partition: Int, replicas: Int) {
        network.addEdge(from: Self.source, to: Self.node(partition: partition), capacity: replicas)
        for zone in shuffled(quotas.zoneCount, salt: partition) {
            network.addEdge(
                from: Self.node(partition: partition), to: node(partition: partition, zone: zone),
                capacity: quotas.perHome)
        }
        for shard in shuffled(shardCount, salt: partition) {
            let edge = network.addEdge(
                from: node(partition: partition, zone: quotas.zoneOfShard[shard]), to: node(shard: shard),
                capacity: 1, cost: former.contains(shard, partition) ? 0 : 1)
            seats.append(Seat(partition: partition, shard: shard, edge: edge))
        }
    }

    private mutating func addEdges(ofGroup group: Int) {
        let (members, floor, extra) = (
            quotas.groups[group].members, quotas.groups[group].floor, quotas.groups[group].extra
        )
        network.addEdge(from: node(group: group), to: Self.sink, capacity: extra)
        for shard in members {
            network.addEdge(from: node(shard: shard), to: node(group: group), capacity: 1)
            network.addEdge(from: node(shard: shard), to: Self.sink, capacity: floor)
        }
    }

    /// 0 ..< count in an order that differs from partition to partition, so that pairs start out spread.
    private func shuffled(_ count: Int, salt: Int) -> [Int] {
        let keys = (0..<count).map { mixed(UInt64(salt * Balancer.shardsMax + $0)) }
        return (0..<count).sorted { keys[$0] < keys[$1] }
    }
}
