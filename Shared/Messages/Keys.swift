package import Placement

/// Every Redis key of ours but the queue's. The queue's begin with `bull:`.
package enum Keys {
    /// Requests to the ring: writes and reads.
    package static let ring = "larder:ring"
    package static let ringGroup = "routers"
    package static let shardGroup = "owner"
    /// One readable entry a committed change, for people and tools.
    package static let changes = "larder:changes"
    /// The documents whose head or members changed: a gateway forgets what it believed of them.
    package static let access = "larder:access"
    /// Which lists were opened or closed at which bridge. What is open there is in `open(_:)`.
    package static let presence = "larder:presence"
    /// What happens to the ring: epochs, leases, hints, repairs.
    package static let events = "larder:events"
    /// Entries that could not be decoded.
    package static let dead = "larder:dead"
    /// Hash `epoch`, `body`: the placement table, replaced only by one with a higher epoch.
    package static let placement = "larder:placement"
    /// Hash: shard → what its owner last said of it.
    package static let shards = "larder:shards"
    /// Hash: instance → role, address, since.
    package static let instances = "larder:instances"

    package static func shard(_ shard: ShardID) -> String { "larder:shard:\(shard.name)" }
    package static func lease(_ shard: ShardID) -> String { "larder:lease:\(shard.name)" }
    package static func reply(_ instance: String) -> String { "larder:reply:\(instance)" }
    /// Hash of a bridge: list → who has it open there. The bridge keeps it from running out.
    package static func open(_ bridge: String) -> String { "larder:open:\(bridge)" }
    /// Present while the instance lives; it renews it.
    package static func alive(_ instance: String) -> String { "larder:alive:\(instance)" }
}

/// How long each stream may grow, in entries, and how much one entry may hold.
package enum StreamBounds {
    package static let ringEntriesMax = 20_000
    package static let shardEntriesMax = 20_000
    package static let replyEntriesMax = 20_000
    package static let changesEntriesMax = 100_000
    package static let accessEntriesMax = 20_000
    package static let presenceEntriesMax = 20_000
    package static let eventsEntriesMax = 20_000
    package static let deadEntriesMax = 1_000
    /// Parts in one entry.
    package static let partsPerEntryMax = 256
    /// Payload bytes in one entry; a single part may be larger, up to what a push may hold.
    package static let entryBytesMax = 1 << 19
    /// A reply stream outlives its reader by this many seconds.
    package static let replySecondsToLive = 600

    package static func entriesMax(of stream: String) -> Int {
        switch stream {
        case Keys.ring: ringEntriesMax
        case Keys.changes: changesEntriesMax
        case Keys.access: accessEntriesMax
        case Keys.presence: presenceEntriesMax
        case Keys.events: eventsEntriesMax
        case Keys.dead: deadEntriesMax
        default: stream.hasPrefix("larder:reply:") ? replyEntriesMax : shardEntriesMax
        }
    }
}
