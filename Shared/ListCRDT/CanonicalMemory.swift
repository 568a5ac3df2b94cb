/// Replicas in the order in which they were first mentioned, and where the counters of ids were last.
struct ReplicaTable {
    private struct Mention {
        let replica: ReplicaID
        var latestID: UInt64 = 0
    }

    private static let scannedCount = 8

    /// The first one apart: most documents have no other, and so need no memory for more.
    private var first: Mention?
    private var others: [Mention] = []
    /// Of those that are too many to look through.
    private var indices: [ReplicaID: Int] = [:]
    private var latest = 0

    var count: Int { first == nil ? 0 : others.count + 1 }

    subscript(index: Int) -> ReplicaID { mention(index).replica }

    private func mention(_ index: Int) -> Mention {
        if index == 0, let first { first } else { others[index - 1] }
    }

    /// The number of `replica`, `count` if it is new.
    mutating func index(of replica: ReplicaID) -> Int {
        if latest < count, self[latest] == replica { return latest }
        let scanned = (0..<min(count, ReplicaTable.scannedCount)).first { self[$0] == replica }
        latest = scanned ?? indices[replica] ?? count
        return latest
    }

    mutating func append(_ replica: ReplicaID) {
        if count >= ReplicaTable.scannedCount { indices[replica] = count }
        if first == nil { first = Mention(replica: replica) } else { others.append(Mention(replica: replica)) }
    }

    func latestID(_ index: Int) -> UInt64 { mention(index).latestID }

    mutating func setLatestID(_ index: Int, _ counter: UInt64) {
        if index == 0 { first?.latestID = counter } else { others[index - 1].latestID = counter }
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
            guard let previous else { return nil }
            remember(previous)
            return previous
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
    static func ending(by creator: Dot?) -> PositionNumber? {
        creator.map { PositionNumber(Int64(clamping: $0.counter), right: true) }
    }
}

enum IDForm {
    /// The dot that an id is made of. Random ids hardly ever look like that, and nothing depends on it.
    static func creator(of id: EntryID) -> Dot? {
        1..<(1 << 48) ~= id.low ? Dot(ReplicaID(rawValue: id.high), id.low) : nil
    }
}
