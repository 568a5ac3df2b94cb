import ListCRDT
import Placement
import Testing

@Suite("The partition of a document")
struct PartitionTests {
    @Test(
        "Golden values: these never change, every stored document depends on them",
        arguments: [
            ("00000000000000000000000000000000", 167),
            ("00000000000000000000000000000001", 8),
            ("00000000000000010000000000000000", 94),
            ("0123456789abcdeffedcba9876543210", 18),
            ("ffffffffffffffffffffffffffffffff", 99),
            ("80000000000000000000000000000000", 134),
        ])
    func golden(hex: String, number: UInt8) throws {
        let document = try #require(DocumentID(hex: hex))
        #expect(Partition(of: document).number == number)
    }

    @Test("Consecutive ids spread evenly, whichever half counts up")
    func spread() {
        for high in [true, false] {
            var counts = Array(repeating: 0, count: Partition.count)
            for number in UInt64(0)..<100_000 {
                let document = DocumentID(high: high ? number : 7, low: high ? 7 : number)
                counts[Int(Partition(of: document).number)] += 1
            }
            let squares = counts.reduce(0.0) { $0 + (Double($1) - 390.625) * (Double($1) - 390.625) / 390.625 }
            #expect(squares < 340, "χ² with 255 degrees of freedom exceeds 340 once in 3,000 times")
        }
    }

    @Test("Each of the 128 bits has a part in it")
    func everyBit() {
        for bit in UInt64(0)..<128 {
            let moved = (UInt64(0)..<256).count { number in
                let plain = DocumentID(high: number, low: ~number)
                let flipped = DocumentID(
                    high: plain.high ^ (bit < 64 ? 1 << bit : 0), low: plain.low ^ (bit < 64 ? 0 : 1 << (bit - 64)))
                return Partition(of: plain) != Partition(of: flipped)
            }
            #expect(moved > 240, "bit \(bit) moved \(moved) of 256 documents")
        }
    }

    @Test("Names that would not do as a schema's are refused")
    func names() {
        for name in ["", "A", "a_b", "a.b", "ä", String(repeating: "a", count: 33)] { #expect(ShardID(name) == nil) }
        for name in ["a", "shard-0", String(repeating: "z", count: 32)] { #expect(ShardID(name)?.name == name) }
        #expect(Zone("") == nil)
        #expect(Zone(String(repeating: "z", count: 65)) == nil)
    }
}
