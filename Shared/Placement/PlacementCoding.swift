package import ListCRDT

/// The table's binary form, version 1: the version, the epoch, the number of replicas, the shards with their zones in
/// order of their ids, then one byte, the index of a shard, for every slot. About 1.5 KB for 32 shards.
extension PlacementTable {
    private static let version: UInt8 = 1

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(Self.version)
        writer.varint(epoch)
        writer.byte(UInt8(replicas))
        writer.byte(UInt8(shards.count))
        for shard in shards {
            writer.string(shard.id.name)
            writer.string(shard.zone.name)
        }
        return writer.bytes + slots
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        let version = try reader.byte()
        guard version == Self.version else { throw .unsupportedVersion(version) }
        let epoch = try reader.varint()
        let replicas = Int(try reader.byte())
        guard Balancer.replicasAllowed.contains(replicas) else { throw .malformed(.number) }
        let shards = try Self.readShards(&reader)
        let slots = Array(try reader.raw(Partition.count * replicas))
        try reader.finish()
        self.init(epoch: epoch, shards: shards, replicas: replicas, slots: slots)
        try checkHomes()
    }

    private static func readShards(_ reader: inout ByteReader) throws(DecodingFailure) -> [Shard] {
        var shards: [Shard] = []
        for _ in 0..<(try reader.byte()) {
            guard let id = ShardID(try reader.string()) else { throw .malformed(.text) }
            guard let zone = Zone(try reader.string()) else { throw .malformed(.text) }
            if let last = shards.last, last.id >= id { throw .malformed(.order) }
            shards.append(Shard(id: id, zone: zone))
        }
        return shards
    }

    private func checkHomes() throws(DecodingFailure) {
        for partition in 0..<Partition.count {
            let home = homeIndices(of: partition)
            let exist = home.allSatisfy { Int($0) < shards.count }
            let differ = home.indices.allSatisfy { !home[..<$0].contains(home[$0]) }
            guard exist, differ else { throw .malformed(.shape) }
        }
    }
}
