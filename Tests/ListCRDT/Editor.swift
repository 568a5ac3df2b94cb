import ListCRDT

/// One device and its list, for tests that tell a story.
struct Editor {
    let replica: ReplicaID
    var document = Document(kind: .list)
    private var clock: HybridClock
    private(set) var minted: UInt64 = 0
    var now: UInt64 = 1_760_000_000_000

    init(_ number: UInt64) {
        replica = ReplicaID(rawValue: 0xA0_0000_0000_0000 + number)
        clock = HybridClock(replica: replica)
    }

    /// The id of an item that the next operation adds.
    func mint() -> EntryID {
        EntryID(dot: Dot(replica, minted + 1))
    }

    mutating func edit(_ id: EntryID, _ changes: [FieldChange]) -> Delta {
        edit(EntryKey(.items, id), changes)
    }

    mutating func edit(_ key: EntryKey, _ changes: [FieldChange]) -> Delta {
        minted += 1
        now += 1
        return document.edit(key, changes, dot: Dot(replica, minted), stamp: clock.next(now: now))
    }

    mutating func remove(_ id: EntryID) -> Delta {
        minted += 1
        return document.remove(EntryKey(.items, id), dot: Dot(replica, minted))
    }

    mutating func receive(_ delta: Delta) {
        document.merge(delta)
        if let stamp = delta.latestStamp { clock.observe(stamp) }
    }

    /// The new item's id and its delta.
    mutating func add(_ name: String, after left: [UInt8]? = nil) -> (id: EntryID, delta: Delta) {
        let id = mint()
        let position = Position.between(left, nil, dot: Dot(replica, minted + 1))
        return (id, edit(id, [.set(.name, .string(name)), .set(.position, .bytes(position))]))
    }
}
