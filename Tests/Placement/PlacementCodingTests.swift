import ListCRDT
import Placement
import TestSupport
import Testing

@Suite("A placement table as bytes")
struct PlacementCodingTests {
    @Test("Comes back as it was, in at most 2 KB for 32 shards")
    func roundTrip() throws {
        for (count, replicas) in [(1, 1), (2, 2), (3, 3), (32, 3), (255, 3)] {
            let table = try Balancer.founding(
                try shards(0..<count, zones: min(count, 4)), replicas: replicas, epoch: 1 << 40)
            let bytes = table.encoded()
            #expect(try PlacementTable(decoding: bytes) == table)
            if count <= 32 { #expect(bytes.count <= 2048) }
        }
    }

    @Test(
        "Every byte string that is not a table gives a typed error, and every one that is decodes to itself",
        arguments: SeededRandom.some(10))
    func anyBytes(seed: SeededRandom) throws {
        var seed = seed
        let good = try Balancer.founding(try shards(0..<5, zones: 3)).encoded()
        for _ in 0..<60 {
            var bytes = good
            for _ in 0...Int.random(in: 0..<3, using: &seed) {
                bytes[Int.random(in: bytes.indices, using: &seed)] = UInt8.random(in: 0...255, using: &seed)
            }
            if Bool.random(using: &seed) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &seed)) }
            guard let table = try? PlacementTable(decoding: bytes) else { continue }
            #expect(table.encoded() == bytes, "\(seed)")
        }
        for length in 0..<64 {
            let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &seed) }
            #expect(throws: DecodingFailure.self, "\(seed)") { try PlacementTable(decoding: noise) }
        }
    }

    @Test("Says what is wrong")
    func failures() throws {
        let table = try Balancer.founding(try shards(0..<3, zones: 1))
        let bytes = table.encoded()
        #expect(throws: DecodingFailure.truncated) { try PlacementTable(decoding: bytes.dropLast()) }
        #expect(throws: DecodingFailure.trailingBytes) { try PlacementTable(decoding: bytes + [0]) }
        #expect(throws: DecodingFailure.unsupportedVersion(2)) { try PlacementTable(decoding: [2] + bytes.dropFirst()) }
        #expect(throws: DecodingFailure.malformed(.shape)) { try PlacementTable(decoding: bytes.dropLast() + [3]) }
        let twice = bytes.dropLast(2) + [bytes[bytes.count - 3], bytes[bytes.count - 3]]
        #expect(throws: DecodingFailure.malformed(.shape)) { try PlacementTable(decoding: Array(twice)) }
    }

    @Test("Knows the partitions of a shard")
    func partitionsOfShard() throws {
        let table = try Balancer.founding(try shards(0..<5, zones: 5))
        for shard in table.shards {
            let expected = Partition.all.filter { table.home(of: $0).contains(shard.id) }
            #expect(table.partitions(of: shard.id) == expected)
        }
        #expect(table.partitions(of: try #require(ShardID("nobody"))).isEmpty)
    }

    @Test("The table for people has a row for each number of shards and zones")
    func evenness() throws {
        let lines = try EvennessTable.rendered(shards: 3...5, zones: 1...3).split(separator: "\n").map(String.init)
        #expect(lines.count == 3 + 9)
        #expect(
            lines[5].split(separator: " ").map(String.init) == [
                "3", "3", "256", "1.000", "85–86", "256", "128/128", "–", "256/256", "384/384", "–", "0",
            ])
    }
}
