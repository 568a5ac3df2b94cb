/// Replicas in the order in which they were first mentioned, and where the counters of ids were last.
struct ReplicaTable {
    private struct Mention {
        let replica: ReplicaID
        var latestID: UInt64 = 0
    }

    private static let scannedCount = 8

    private var mentions: [Mention] = []
    /// Of those that are too many to look through.
    private var indices: [ReplicaID: Int] = [:]
    private var latest = 0

    var count: Int { mentions.count }

    subscript(index: Int) -> ReplicaID { mentions[index].replica }

    /// The number of `replica`, `count` if it is new.
    mutating func index(of replica: ReplicaID) -> Int {
        if latest < count, mentions[latest].replica == replica { return latest }
        let scanned = mentions.prefix(ReplicaTable.scannedCount).firstIndex { $0.replica == replica }
        latest = scanned ?? indices[replica] ?? count
        return latest
    }

    mutating func append(_ replica: ReplicaID) {
        if count >= ReplicaTable.scannedCount { indices[replica] = count }
        mentions.append(Mention(replica: replica))
    }

    func latestID(_ index: Int) -> UInt64 { mentions[index].latestID }

    mutating func setLatestID(_ index: Int, _ counter: UInt64) {
        mentions[index].latestID = counter
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

enum BytesForm {
    /// Bounded, so that few bytes cannot unfold to many.
    static let sharedMax = 31

    /// How a position ends that the operation which created an entry gave it.
    static func ending(by creator: Dot?) -> [UInt8] {
        creator.map { PositionNumber.write(Int64(clamping: $0.counter), right: true) } ?? []
    }
}

enum IDForm {
    /// The dot that an id is made of. Random ids hardly ever look like that, and nothing depends on it.
    static func creator(of id: EntryID) -> Dot? {
        1..<(1 << 48) ~= id.low ? Dot(ReplicaID(rawValue: id.high), id.low) : nil
    }
}
