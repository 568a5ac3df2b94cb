/// What an encoded form begins with: the shape in the upper half of the first byte, the version of the form in the
/// lower.
enum Shape: UInt8 {
    case context = 1
    case entry = 2
    case entryDelta = 3
    case delta = 4
    case document = 5

    static let formVersion: UInt8 = 1
}

/// Writes the parts of documents so that what was written before makes what comes next short. `CanonicalReader` keeps
/// the same memory; README.md describes the form.
struct CanonicalWriter: ~Copyable {
    private var out: ByteWriter
    private var replicas = ReplicaTable()
    private var stamps = StampMemory()
    private var previousBytes: [UInt8] = []
    /// The operation that created the entry being written, going by its id.
    private var creator: Dot?

    init(_ shape: Shape, reservingCapacity capacity: Int = 64) {
        out = ByteWriter(reservingCapacity: capacity)
        out.byte(shape.rawValue << 4 | Shape.formVersion)
    }

    var bytes: [UInt8] { out.bytes }

    mutating func byte(_ byte: UInt8) {
        out.byte(byte)
    }

    mutating func count(_ count: Int) {
        out.varint(UInt64(count))
    }

    /// Its number, offset by what smaller numbers mean to the caller; at its first mention the replica itself follows.
    /// `flag` is an extra bit that goes with it.
    @discardableResult
    private mutating func replica(_ replica: ReplicaID, offset: UInt64 = 0, flag: Bool? = nil) -> Int {
        let index = replicas.index(of: replica)
        let number = UInt64(index)
        out.varint(offset + (flag.map { number * 2 + ($0 ? 1 : 0) } ?? number))
        if index == replicas.count {
            out.fixed64(replica.rawValue)
            replicas.append(replica)
        }
        return index
    }

    private mutating func dot(_ dot: Dot) {
        if dot == creator { return out.byte(0) }
        replica(dot.replica, offset: 1)
        let base = dot.replica == creator?.replica ? creator?.counter : nil
        out.signed(Int64(bitPattern: dot.counter &- (base ?? 0)))
    }

    mutating func id(_ id: EntryID) {
        creator = IDForm.creator(of: id)
        if id == .zero {
            out.byte(1)
        } else if let creator {
            let index = replica(creator.replica, offset: 2)
            out.signed(Int64(bitPattern: id.low &- replicas.latestID(index)))
            replicas.setLatestID(index, id.low)
        } else {
            out.byte(0)
            out.fixed64(id.high)
            out.fixed64(id.low)
        }
    }

    mutating func stamp(_ stamp: Stamp) {
        if let token = stamps.token(for: stamp) { return out.byte(token) }
        let subMillisecond = stamp.time & 0xFFFF
        replica(stamp.replica, offset: StampMemory.tokens, flag: subMillisecond != 0)
        out.signed(Int64(stamp.milliseconds) - Int64(stamps.base))
        if subMillisecond != 0 { out.varint(subMillisecond) }
        stamps.remember(stamp)
    }

    mutating func context(_ context: Context) {
        count(context.replicaCount)
        var start = 0
        while start < context.runs.count {
            let owner = context.runs[start].replica
            var end = start + 1
            while end < context.runs.count, context.runs[end].replica == owner { end += 1 }
            replica(owner)
            count(end - start)
            var previous: UInt64 = 0
            for run in context.runs[start..<end] {
                out.varint(run.first - previous - 1)
                out.varint(run.last - run.first)
                previous = run.last
            }
            start = end
        }
    }

    private mutating func registers(_ registers: Span<Fields.Slot<Register>>) {
        for index in registers.indices {
            out.varint(UInt64(registers[index].field.rawValue) << 3 | UInt64(registers[index].content.value.tag))
            stamp(registers[index].content.stamp)
            switch registers[index].content.value {
            case .null, .bool: break
            case .int(let number): out.signed(number)
            case .string(let text): out.string(text)
            case .bytes(let bytes): self.bytes(bytes)
            }
        }
    }

    private mutating func counters(_ counters: Span<Fields.Slot<Counter>>) {
        for index in counters.indices {
            out.varint(UInt64(counters[index].field.rawValue) << 3 | CanonicalReader.counterTag)
            stamp(counters[index].content.epoch)
            out.signed(counters[index].content.base)
            count(counters[index].content.shares.count)
            for share in counters[index].content.shares {
                replica(share.replica)
                out.varint(share.added)
                out.varint(share.taken)
            }
        }
    }

    /// What a value of bytes shares with the one before it is not repeated, nor an ending that the entry's creator gave
    /// it: positions are like that.
    private mutating func bytes(_ bytes: [UInt8]) {
        let ending = BytesForm.ending(by: creator)
        let hasEnding = ending?.ends(bytes) ?? false
        let end = bytes.count - (hasEnding ? ending?.count ?? 0 : 0)
        let sharedMax = min(BytesForm.sharedMax, end, previousBytes.count)
        var shared = 0
        while shared < sharedMax, bytes[shared] == previousBytes[shared] { shared += 1 }
        count(shared * 2 + (hasEnding ? 1 : 0))
        count(end - shared)
        bytes.withUnsafeBufferPointer { out.raw(UnsafeBufferPointer(rebasing: $0[shared..<end])) }
        previousBytes = bytes
    }

    /// Spans lend what they hold; arrays would give copies of it, and count them. None is asked of an empty array: its
    /// memory is not aligned in WebAssembly, which makes that a trap.
    mutating func versions(_ versions: Span<Version>) {
        for index in versions.indices {
            dot(versions[index].dot)
            count(versions[index].fields.registers.count + versions[index].fields.counters.count)
            if !versions[index].fields.registers.isEmpty { registers(versions[index].fields.registers.span) }
            if !versions[index].fields.counters.isEmpty { counters(versions[index].fields.counters.span) }
        }
    }
}
