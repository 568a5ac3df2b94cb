import ListCRDT
import TestSupport
import Testing

@Suite("Decoding any bytes gives a value or a typed error")
struct DecodingTests {
    #if DEBUG
        private static let mutationCount = 20_000
    #else
        private static let mutationCount = 1_000_000
    #endif

    @Test("A million mutated inputs: no trap, and what decodes is the one form of what it says")
    func mutations() throws {
        let mutationsEach = 200
        forAll(cases: DecodingTests.mutationCount / mutationsEach) { random in
            var world = World(replicas: 2, keys: 2, random: &random)
            try world.run(steps: 12, random: &random)
            let samples = DecodingTests.samples(of: world, random: &random)
            for _ in 0..<mutationsEach {
                var bytes = samples[random.below(samples.count)]
                for _ in 0...random.below(3) { DecodingTests.mutate(&bytes, with: samples, random: &random) }
                try DecodingTests.decodeAsEverything(bytes, beside: world.replicas[0].document)
            }
        }
    }

    private static func samples(of world: World, random: inout SeededRandom) -> [[UInt8]] {
        let document = world.replicas[0].document
        var samples = [document.encoded(), document.context.encoded(), document.asDelta.encoded()]
        for _ in 0..<3 {
            let delta = world.someDelta(random: &random)
            samples.append(delta.encoded())
            if let entry = delta.entries.first { samples.append(entry.value.encoded()) }
        }
        if let entry = document.entries.values.first { samples.append(entry.encoded()) }
        return samples
    }

    private static func mutate(_ bytes: inout [UInt8], with samples: [[UInt8]], random: inout SeededRandom) {
        let place = random.below(bytes.count + 1)
        switch random.below(7) {
        case 0: bytes.removeSubrange(place...)
        case 1: bytes.insert(UInt8(random.below(256)), at: place)
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3 where place < bytes.count: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
        case 4 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
        case 5: bytes.insert(contentsOf: [UInt8](repeating: 0xFF, count: random.below(10)) + [1], at: place)
        default:
            let other = samples[random.below(samples.count)]
            bytes.replaceSubrange(place..., with: other[random.below(other.count)...])
        }
    }

    private static func decodeAsEverything(_ bytes: [UInt8], beside document: Document) throws {
        if let context = try? Context(decoding: bytes) {
            try require(context.encoded() == bytes, "a context has one form")
            _ = document.delta(since: context.union(document.context))
            _ = (context.dotCount, context.dots(limit: 100), context.intersection(document.context))
        }
        if let entry = try? Entry(decoding: bytes) {
            try require(entry.encoded() == bytes, "an entry has one form")
            _ = (entry.shown.latestStamp, entry.shown.counter(.quantity)?.remaining)
        }
        if let change = try? EntryDelta(decoding: bytes) {
            try require(change.encoded() == bytes, "a delta of an entry has one form")
        }
        if let delta = try? Delta(decoding: bytes) {
            try require(delta.encoded() == bytes, "a delta has one form")
            var merged = document
            merged.merge(delta)
            try require(try Document(decoding: merged.encoded()) == merged, "a document that took \(bytes)")
            let both = joined(document.asDelta, delta)
            try require(try Delta(decoding: both.encoded()) == both, "a delta that took \(bytes)")
            try? delta.checkPush(from: ReplicaID(rawValue: 1))
        }
        if let other = try? Document(decoding: bytes) {
            try require(other.encoded() == bytes, "a document has one form")
            _ = other.list
            var merged = document
            merged.merge(other.asDelta)
            _ = merged.delta(since: other.context)
        }
    }

    @Test("Every beginning of a document is refused as truncated or malformed, and so is more than it")
    func truncated() {
        var editor = Editor(1)
        let milk = editor.add("Milk")
        _ = editor.edit(milk.id, [.setTarget(.quantity, 3), .add(.quantity, 1)])
        let bytes = editor.document.encoded()
        for count in 0..<bytes.count {
            #expect(throws: DecodingFailure.truncated) { try Document(decoding: Array(bytes.prefix(count))) }
        }
        #expect(throws: DecodingFailure.trailingBytes) { try Document(decoding: bytes + [0]) }
    }

    @Test("Bytes that say something wrong are refused by what is wrong", arguments: Refusal.all)
    func refused(_ refusal: Refusal) {
        #expect(throws: refusal.failure) { try Document(decoding: refusal.bytes) }
    }

    @Test("Lengths that are not there allocate nothing")
    func claimedLengths() {
        for length in [1 << 20, 1 << 40, UInt64(Int64.max), UInt64.max] {
            var writer = ByteWriter()
            writer.raw([0x11])
            writer.varint(length)
            #expect(throws: DecodingFailure.truncated) { try Context(decoding: writer.bytes) }
        }
    }

    @Test("Fields, collections and values of later versions are kept and passed on")
    func unknown() throws {
        var editor = Editor(1)
        let key = EntryKey(Collection(rawValue: 77), EntryID(high: 4, low: 4))
        let field = Field(rawValue: 40_000)
        let delta = editor.edit(key, [.set(field, .bytes([1, 2])), .add(field, 3)])
        var copy = Document(kind: .list)
        copy.merge(try Delta(decoding: delta.encoded()))
        #expect(copy.entries[key]?.shown[field] == .bytes([1, 2]))
        #expect(copy.entries[key]?.shown.counter(field)?.acquired == 3)
        #expect(try Document(decoding: copy.encoded()) == editor.document)
    }

    @Test("Ids and replicas have one text each")
    func identifiers() {
        let id = Identifier(high: 0x0123_4567_89ab_cdef, low: 0xf)
        #expect(id.hex == "0123456789abcdef000000000000000f")
        #expect(Identifier(hex: id.hex) == id && Identifier(bytes: id.bytes) == id)
        for text in [
            "", "0123456789ABCDEF000000000000000f", id.hex + "0", String(id.hex.dropLast()), "é" + id.hex.dropFirst(2),
        ] {
            #expect(Identifier(hex: text) == nil)
        }
        #expect(Identifier(bytes: id.bytes.dropLast()) == nil)
        #expect(ReplicaID(hex: "00000000000000ff")?.rawValue == 255)
        #expect(ReplicaID(hex: "+0000000000000ff") == nil && ReplicaID(hex: "ff") == nil)
    }
}
