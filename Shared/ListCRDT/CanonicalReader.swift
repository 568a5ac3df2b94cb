/// Reads what `CanonicalWriter` wrote. It checks everything that documents rely on: order, ranges, bounds. Wherever the
/// form has two ways to say a thing it accepts only the one that the writer takes, and throws `notCanonical` else.
struct CanonicalReader {
    static let counterTag: UInt64 = 6

    private var source: ByteReader
    private var replicas = ReplicaTable()
    private var stamps = StampMemory()
    private var previousBytes: [UInt8] = []
    private var creator: Dot?

    init(_ bytes: [UInt8], _ shape: Shape) throws(DecodingFailure) {
        source = ByteReader(bytes)
        let first = try source.byte()
        guard first & 0xF == Shape.formVersion else { throw .unsupportedVersion(first & 0xF) }
        guard first >> 4 == shape.rawValue else { throw .malformed(.shape) }
    }

    mutating func byte() throws(DecodingFailure) -> UInt8 {
        try source.byte()
    }

    /// Any number that fits an Int: one that only says how often to read on needs no bound.
    mutating func number() throws(DecodingFailure) -> Int {
        guard let number = Int(exactly: try source.varint()) else { throw .malformed(.number) }
        return number
    }

    mutating func count() throws(DecodingFailure) -> Int {
        try source.count()
    }

    func finish() throws(DecodingFailure) {
        try source.finish()
    }

    private mutating func replica(numbered number: UInt64) throws(DecodingFailure) -> Int {
        guard number <= UInt64(replicas.count) else { throw .malformed(.replica) }
        if number == UInt64(replicas.count) {
            let mentioned = try ReplicaID(rawValue: source.fixed64())
            guard replicas.index(of: mentioned) == replicas.count else { throw .notCanonical }
            replicas.append(mentioned)
        }
        return Int(number)
    }

    private mutating func replica() throws(DecodingFailure) -> ReplicaID {
        let index = try replica(numbered: source.varint())
        return replicas[index]
    }

    private mutating func counter(after latest: UInt64) throws(DecodingFailure) -> UInt64 {
        let counter = try latest &+ UInt64(bitPattern: source.signed())
        guard 1...Dot.maxCounter ~= counter else { throw .malformed(.dot) }
        return counter
    }

    private mutating func dot() throws(DecodingFailure) -> Dot {
        let token = try source.varint()
        guard token != 0 else {
            guard let creator else { throw .malformed(.dot) }
            return creator
        }
        let index = try replica(numbered: token - 1)
        let owner = replicas[index]
        let base = owner == creator?.replica ? creator?.counter : nil
        let dot = Dot(owner, try counter(after: base ?? 0))
        guard dot != creator else { throw .notCanonical }
        return dot
    }

    mutating func id() throws(DecodingFailure) -> EntryID {
        creator = nil
        let token = try source.varint()
        if token == 1 { return .zero }
        guard token != 0 else {
            let id = EntryID(high: try source.fixed64(), low: try source.fixed64())
            guard id != .zero, IDForm.creator(of: id) == nil else { throw .notCanonical }
            return id
        }
        let index = try replica(numbered: token - 2)
        let id = EntryID(high: replicas[index].rawValue, low: try counter(after: replicas.latestID(index)))
        replicas.setLatestID(index, id.low)
        creator = IDForm.creator(of: id)
        guard creator != nil else { throw .notCanonical }
        return id
    }

    mutating func stamp() throws(DecodingFailure) -> Stamp {
        let token = try source.varint()
        guard token >= StampMemory.tokens else {
            guard let stamp = stamps.stamp(for: token) else { throw .malformed(.stamp) }
            return stamp
        }
        let index = try replica(numbered: (token - StampMemory.tokens) / 2)
        let milliseconds = try stamps.base &+ UInt64(bitPattern: source.signed())
        let hasMore = (token - StampMemory.tokens) % 2 == 1
        let subMillisecond = hasMore ? try source.varint() : 0
        guard milliseconds < 1 << 48, subMillisecond < 1 << 16 else { throw .malformed(.stamp) }
        let stamp = Stamp(time: milliseconds << 16 | subMillisecond, replica: replicas[index])
        guard hasMore == (subMillisecond != 0), stamps.token(for: stamp) == nil else { throw .notCanonical }
        stamps.remember(stamp)
        return stamp
    }

    mutating func context() throws(DecodingFailure) -> Context {
        var context = Context()
        var previousOwner: ReplicaID?
        for _ in 0..<(try count()) {
            let owner = try replica()
            if let previousOwner, owner <= previousOwner { throw .malformed(.order) }
            previousOwner = owner
            var end: UInt64 = 0
            let runCount = try count()
            guard runCount > 0 else { throw .notCanonical }
            for _ in 0..<runCount {
                let (first, overflow) = end.addingReportingOverflow(try source.varint())
                let (last, lastOverflow) = first.addingReportingOverflow(try source.varint())
                guard !overflow, !lastOverflow, last < Dot.maxCounter else { throw .malformed(.context) }
                guard end == 0 || first > end else { throw .malformed(.order) }
                context.append(Context.Run(replica: owner, first: first + 1, last: last + 1))
                end = last + 1
            }
        }
        return context
    }

    mutating func fields() throws(DecodingFailure) -> Fields {
        var fields = Fields()
        let count = try count()
        guard count <= Fields.countMax else { throw .tooLarge }
        fields.registers.reserveCapacity(count)
        var previous: UInt16?
        for _ in 0..<count {
            let token = try source.varint()
            guard let number = UInt16(exactly: token >> 3) else { throw .malformed(.tag) }
            let isCounter = token & 7 == CanonicalReader.counterTag
            if fields.counters.isEmpty, isCounter { previous = nil }
            guard isCounter || fields.counters.isEmpty else { throw .notCanonical }
            if let previous, number <= previous { throw .malformed(.order) }
            previous = number
            if isCounter {
                fields.counters.append(Fields.Slot(field: Field(rawValue: number), content: try counter()))
            } else {
                let stamp = try stamp()
                let register = Register(stamp: stamp, value: try value(tagged: UInt8(token & 7)))
                fields.registers.append(Fields.Slot(field: Field(rawValue: number), content: register))
            }
        }
        return fields
    }

    private mutating func value(tagged tag: UInt8) throws(DecodingFailure) -> Value {
        switch tag {
        case 0: .null
        case 1: .bool(false)
        case 2: .bool(true)
        case 3: .int(try source.signed())
        case 4: .string(try source.string())
        case 5: .bytes(try bytes())
        default: throw .malformed(.tag)
        }
    }

    private mutating func bytes() throws(DecodingFailure) -> [UInt8] {
        let token = try source.varint()
        guard token / 2 <= UInt64(min(BytesForm.sharedMax, previousBytes.count)) else { throw .malformed(.number) }
        let (shared, end) = (Int(token / 2), try Int(token / 2) + source.count())
        let ending = BytesForm.ending(by: creator)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end + (ending?.count ?? 0))
        for index in 0..<shared { bytes.append(previousBytes[index]) }
        while bytes.count < end { bytes.append(try source.byte()) }
        if token % 2 == 1 {
            guard let ending else { throw .notCanonical }
            ending.append(to: &bytes)
        } else if ending?.ends(bytes) == true {
            throw .notCanonical
        }
        if shared < min(BytesForm.sharedMax, end, previousBytes.count), bytes[shared] == previousBytes[shared] {
            throw .notCanonical
        }
        previousBytes = bytes
        return bytes
    }

    private mutating func counter() throws(DecodingFailure) -> Counter {
        var counter = Counter(epoch: try stamp(), target: try source.signed())
        for _ in 0..<(try count()) {
            let share = Counter.Share(
                replica: try replica(), added: try source.varint(), taken: try source.varint())
            guard max(share.added, share.taken) <= Counter.maxCount, share.added | share.taken != 0 else {
                throw .malformed(.counter)
            }
            if let last = counter.shares.last, share.replica <= last.replica { throw .malformed(.order) }
            counter.shares.append(share)
        }
        return counter
    }

    mutating func versions(_ count: Int) throws(DecodingFailure) -> [Version] {
        var versions: [Version] = []
        for _ in 0..<count {
            let version = Version(dot: try dot(), fields: try fields())
            if let last = versions.last, version.dot <= last.dot { throw .malformed(.order) }
            versions.append(version)
        }
        return versions
    }
}
