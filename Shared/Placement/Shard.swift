/// The name of a shard: 1 to 32 of `a`…`z`, `0`…`9` and `-`. It names the shard's Postgres schema and its streams.
package struct ShardID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let bytesMax = 32

    package let name: String

    package init?(_ name: String) {
        let fits = (1...Self.bytesMax).contains(name.utf8.count)
        guard fits, name.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.name = name
    }

    package var description: String { name }

    /// Bytewise, so that every machine sorts alike.
    package static func < (left: ShardID, right: ShardID) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// What fails together, usually one Postgres server: 1 to 64 bytes of UTF-8.
package struct Zone: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let bytesMax = 64

    package let name: String

    package init?(_ name: String) {
        guard (1...Self.bytesMax).contains(name.utf8.count) else { return nil }
        self.name = name
    }

    package var description: String { name }

    // Bytewise, and never by canonical equivalence: two machines with other Unicode tables must agree.
    package static func == (left: Zone, right: Zone) -> Bool { left.name.utf8.elementsEqual(right.name.utf8) }

    package static func < (left: Zone, right: Zone) -> Bool {
        left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(byte) }
    }
}

/// A place that holds partitions.
package struct Shard: Hashable, Sendable {
    package let id: ShardID
    package let zone: Zone

    package init(id: ShardID, zone: Zone) {
        self.id = id
        self.zone = zone
    }
}
