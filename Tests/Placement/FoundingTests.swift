import ListCRDT
import Placement
import TestSupport
import Testing

@Suite("A table founded for 3 to 32 shards")
struct FoundingTests {
    @Test("Keeps the zone rule and levels what shards hold, firsts and pairs", arguments: 1...5)
    func bounds(zones: Int) throws {
        for count in max(3, zones)...32 {
            let table = try founded(count, zones: zones)
            let census = Census(table)
            let report = PlacementReport(table)
            #expect(census.violations == 0 && report.violations == 0)
            #expect(census.held.values.sorted() == census.levelled)
            #expect(report.keepsQuotas)
            #expect(report.held == spread(of: census.held))
            #expect(report.firsts == spread(of: census.firsts))
            #expect(report.firsts.upperBound - report.firsts.lowerBound <= 1, "\(count) shards, \(zones) zones")
            #expect(spread(of: census.seconds).count <= 2 || zones == 3 || count < 2 * zones)
            if zones == 1 { #expect(report.pairs.count <= 3, "\(count) shards share \(report.pairs) homes") }
        }
    }

    @Test("Without a full zone each shard holds ⌊768/S⌋ or ⌈768/S⌉", arguments: [1, 2, 4, 5])
    func plainQuotas(zones: Int) throws {
        for count in (zones == 2 ? 4 : zones + 2)...32 where !(zones == 4 && count == 5) {
            let census = Census(try founded(count, zones: zones))
            #expect(census.held.values.allSatisfy { $0 == 768 / count || $0 == (768 + count - 1) / count })
        }
    }

    @Test("Three zones of 2, 2 and 1 hold 256 each: what the zones force is even inside each")
    func fullZones() throws {
        let census = Census(try Balancer.founding(try shards(0..<5, zones: 3)))
        #expect(census.held.values.sorted() == [128, 128, 128, 128, 256])
    }

    @Test("The same shards give the same table, in whatever order they are named")
    func deterministic() throws {
        var seed = SeededRandom(seed: 7)
        for (count, zones) in [(3, 1), (5, 3), (11, 4), (32, 5)] {
            let members = try shards(0..<count, zones: zones)
            let table = try Balancer.founding(members)
            #expect(try Balancer.founding(members.shuffled(using: &seed)) == table)
        }
    }

    @Test(
        "Golden fingerprints: the same table on every machine and in every build",
        arguments: [
            (3, 1, UInt64(9_127_836_814_950_624_353)), (5, 5, UInt64(5_094_217_267_406_984_597)),
            (17, 3, UInt64(3_921_483_501_012_003_587)), (32, 4, UInt64(14_777_091_585_475_507_240)),
        ])
    func golden(count: Int, zones: Int, expected: UInt64) throws {
        let founded = try Balancer.founding(try shards(0..<count, zones: zones))
        let joined = try Balancer.rebalanced(founded, to: try shards(0..<count + 1, zones: zones))
        #expect(fingerprint(founded.encoded() + joined.encoded()) == expected)
    }

    @Test("One or two replicas are placed by the same rules", arguments: 1...2)
    func fewerReplicas(replicas: Int) throws {
        for count in replicas...9 {
            let census = Census(try Balancer.founding(try shards(0..<count, zones: 2), replicas: replicas))
            #expect(census.violations == 0)
            #expect(census.held.values.sorted() == census.levelled)
        }
    }

    @Test("What cannot be placed is refused in words")
    func refusals() throws {
        let two = try shards(0..<2, zones: 1)
        #expect(throws: BalancerError.tooFewShards(have: 2, need: 3)) { try Balancer.founding(two) }
        #expect(throws: BalancerError.duplicateShard(two[0].id)) { try Balancer.founding(two + two) }
        #expect(throws: BalancerError.replicasNotAllowed(4)) { try Balancer.founding(two, replicas: 4) }
        #expect(throws: BalancerError.tooManyShards(have: 256, limit: 255)) {
            try Balancer.founding(try shards(0..<256, zones: 1))
        }
    }
}

func spread(of counts: [ShardID: Int]) -> ClosedRange<Int> {
    (counts.values.min() ?? 0)...(counts.values.max() ?? 0)
}
