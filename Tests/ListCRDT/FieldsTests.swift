import ListCRDT
import TestSupport
import Testing

@Suite("Fields are a lattice")
struct FieldsTests {
    /// Few stamps and values, so that collisions are common.
    private static func fields(_ random: inout SeededRandom) -> Fields {
        var fields = Fields()
        for _ in 0..<random.below(6) {
            let stamp = Stamp(time: UInt64(random.below(3)), replica: ReplicaID(rawValue: UInt64(random.below(2))))
            let field = Field(rawValue: UInt16(random.below(3)))
            let text = ["e\u{301}", "\u{e9}", "a"][random.below(3)]
            let values: [Value] = [.null, .bool(true), .int(Int64(random.below(3)) - 1), .string(text), .bytes([1])]
            switch random.below(4) {
            case 0: fields.apply(.setTarget(field, Int64(random.below(3))), stamp: stamp)
            case 1: fields.apply(.add(field, Int64(random.below(5)) - 2), stamp: stamp)
            default: fields.apply(.set(field, values[random.below(5)]), stamp: stamp)
            }
        }
        return fields
    }

    private static func joined(_ left: Fields, _ right: Fields) -> Fields {
        var left = left
        left.merge(right)
        return left
    }

    @Test("Join is commutative, associative and idempotent, equal stamps with different values included")
    func laws() {
        forAll(cases: 3_000 * caseFactor) { random in
            let parts = (0..<3).map { _ in FieldsTests.fields(&random) }
            let joined = FieldsTests.joined
            try require(joined(parts[0], parts[1]) == joined(parts[1], parts[0]), "commutes: \(parts)")
            let whole = joined(joined(parts[0], parts[1]), parts[2])
            try require(whole == joined(parts[0], joined(parts[1], parts[2])), "associates: \(parts)")
            for part in parts { try require(joined(whole, part) == whole, "idempotent: \(parts)") }
        }
    }

    @Test("Two spellings of one character are two values, and the greater bytes win on every copy")
    func bytesDecide() {
        let stamp = Stamp(time: 1, replica: ReplicaID(rawValue: 1))
        let (composed, decomposed) = (Value.string("\u{e9}"), Value.string("e\u{301}"))
        #expect(composed != decomposed)
        var register = Register(stamp: stamp, value: composed)
        #expect(register.merge(Register(stamp: stamp, value: decomposed)) == 1)
        var other = Register(stamp: stamp, value: decomposed)
        #expect(other.merge(Register(stamp: stamp, value: composed)) == 1)
        #expect(register == other)
        #expect(register.merge(register) == 0)
    }

    @Test("Counters stop at the ends of Int64")
    func saturation() {
        let (one, two) = (ReplicaID(rawValue: 1), ReplicaID(rawValue: 2))
        var counter = Counter(epoch: .zero, target: .min)
        counter.add(.max, by: one)
        counter.add(.max, by: one)
        counter.add(.max, by: two)
        #expect(counter.acquired == .max && counter.remaining == 0)
        var wanting = Counter(epoch: .zero, target: .max)
        wanting.add(.min, by: one)
        wanting.add(.min, by: two)
        #expect(wanting.acquired == -.max && wanting.remaining == .max)
        wanting.add(0, by: ReplicaID(rawValue: 3))
        #expect(wanting.shares.map(\.replica) == [one, two])
    }

    @Test("Of several changes of one operation to one field the last counts")
    func lastCounts() {
        let stamp = Stamp(time: 1, replica: ReplicaID(rawValue: 1))
        var fields = Fields()
        for text in ["zebra", "ape"] { fields.apply(.set(.name, .string(text)), stamp: stamp) }
        for target in [9, 4] as [Int64] { fields.apply(.setTarget(.quantity, target), stamp: stamp) }
        #expect(fields[.name] == .string("ape"))
        #expect(fields.counter(.quantity)?.target == 4)
    }
}
