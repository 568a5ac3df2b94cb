/// Which shards are the home of each partition. An explicit table, sent whole.
///
/// Only `Balancer` and the decoder make one, and both hold to this: shards are sorted by id and distinct, and a home
/// is `replicas` distinct shards.
package struct PlacementTable: Hashable, Sendable {
    /// Rises by one with every change; of two tables the one with the higher epoch is in force.
    package let epoch: UInt64
    /// Sorted by id.
    package let shards: [Shard]
    /// How many shards are a home.
    package let replicas: Int
    /// `replicas` indices into `shards` a partition, one partition after the other, the preferred first.
    let slots: [UInt8]

    init(epoch: UInt64, shards: [Shard], replicas: Int, slots: [UInt8]) {
        self.epoch = epoch
        self.shards = shards
        self.replicas = replicas
        self.slots = slots
    }

    /// The home of a partition, the preferred shard first.
    package func home(of partition: Partition) -> [ShardID] {
        homeIndices(of: Int(partition.number)).map { shards[Int($0)].id }
    }

    /// The partitions of which `shard` is a home, ascending. Cost: the whole table.
    package func partitions(of shard: ShardID) -> [Partition] {
        guard let index = index(of: shard) else { return [] }
        return Partition.all.filter { homeIndices(of: Int($0.number)).contains(UInt8(index)) }
    }

    func homeIndices(of partition: Int) -> ArraySlice<UInt8> {
        slots[partition * replicas..<(partition + 1) * replicas]
    }

    func index(of shard: ShardID) -> Int? {
        shards.firstIndex { $0.id == shard }
    }
}
