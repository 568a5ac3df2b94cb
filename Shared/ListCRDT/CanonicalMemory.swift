/// Replicas in the order in which they were first mentioned, and where their counters were last.
struct ReplicaTable {
    private static let scannedCount = 8

    private(set) var replicas: [ReplicaID] = []
    var latestDot: [UInt64] = []
    var latestID: [UInt64] = []
    private var indices: [ReplicaID: Int] = [:]
    private var latest = 0

    mutating func index(of replica: ReplicaID) -> (index: Int, isNew: Bool) {
        if latest < replicas.count, replicas[latest] == replica { return (latest, false) }
        if let found = replicas.prefix(ReplicaTable.scannedCount).firstIndex(of: replica) ?? indices[replica] {
            latest = found
            return (found, false)
        }
        append(replica)
        latest = replicas.count - 1
        return (latest, true)
    }

    mutating func append(_ replica: ReplicaID) {
        if replicas.count >= ReplicaTable.scannedCount { indices[replica] = replicas.count }
        replicas.append(replica)
        latestDot.append(0)
        latestID.append(0)
    }
}

/// The two stamps used last, and the milliseconds of the first, to which all others are relative.
struct StampMemory {
    /// 0 the latest, 1 the one before it, 2 the zero stamp.
    static let tokens: UInt64 = 3

    private(set) var base: UInt64 = 0
    private var latest: Stamp?
    private var previous: Stamp?

    mutating func token(for stamp: Stamp) -> UInt8? {
        if stamp == .zero { return 2 }
        if stamp == latest { return 0 }
        guard stamp == previous else { return nil }
        remember(stamp)
        return 1
    }

    mutating func stamp(for token: UInt64) -> Stamp? {
        switch token {
        case 0: return latest
        case 1:
            if let previous { remember(previous) }
            return latest
        default: return .zero
        }
    }

    mutating func remember(_ stamp: Stamp) {
        if latest == nil { base = stamp.milliseconds }
        (latest, previous) = (stamp, latest)
    }
}

/// Bounded, so that few bytes cannot unfold to many.
enum SharedPrefix {
    static let countMax = 31
}

enum IDForm {
    /// Written as a replica and a counter. Random ids hardly ever look like that, and nothing depends on it.
    static func isMintedFromDot(_ id: EntryID) -> Bool {
        1..<(1 << 48) ~= id.low
    }
}
