import ListCRDT
import Placement
import TestSupport
import Testing

@Suite("A change of membership")
struct RebalancingTests {
    private func changed(_ table: PlacementTable, to members: [Shard]) throws -> (PlacementReport, PlacementTable) {
        let next = try Balancer.rebalanced(table, to: members)
        let census = Census(next)
        let report = PlacementReport(next, since: table)
        #expect(next.epoch == table.epoch + 1)
        #expect(census.violations == 0)
        #expect(census.held.values.sorted() == census.levelled)
        #expect(report.moves == census.moves(since: Census(table)))
        #expect(report.moves >= report.minimumMoves)
        #expect(report.firsts.count <= 2)
        return (report, next)
    }

    @Test(
        "A join moves ⌊768/(S+1)⌋ replicas, or what the zones' quotas make of it, and never one more", arguments: 1...5)
    func join(zones: Int) throws {
        for count in max(3, zones)...32 {
            let table = try founded(count, zones: zones)
            let report = try changed(table, to: try shards(0..<count + 1, zones: zones)).0
            #expect(report.moves == report.minimumMoves)
            if zones < 3 { #expect(report.moves == 768 / (count + 1)) }
        }
    }

    @Test(
        "A leave moves exactly what the shard held, unless zones that grow uneven by it forbid that", arguments: 1...5)
    func leave(zones: Int) throws {
        for count in max(4, zones)...32 {
            let members = try shards(0..<count, zones: zones)
            let table = try founded(count, zones: zones)
            let gone = [0, count / 2, count - 1][count % 3]
            let report = try changed(table, to: members.filter { $0.id != members[gone].id }).0
            if zones == 1 { #expect(report.moves == Census(table).held[members[gone].id]) }
            if count % zones == 0 && zones != 3 || zones == 1 { #expect(report.moves == report.minimumMoves) }
            #expect(report.moves * 100 <= report.minimumMoves * 135, "\(count) shards in \(zones) zones, \(gone) gone")
        }
    }

    @Test("A replacement in the same zone moves exactly what the one held", arguments: 1...5)
    func replace(zones: Int) throws {
        for count in stride(from: max(3, zones), through: 32, by: 2) {
            let members = try shards(0..<count, zones: zones)
            let table = try founded(count, zones: zones)
            let newcomer = try shard(99, zone: 0)
            let report = try changed(table, to: members.dropFirst() + [newcomer]).0
            #expect(report.moves == Census(table).held[members[0].id])
        }
    }

    @Test("Three join, three leave, or three are replaced at once with the fewest moves", arguments: 1...5)
    func threeAtOnce(zones: Int) throws {
        for count in max(6, zones)...32 {
            let members = try shards(0..<count, zones: zones)
            let table = try founded(count, zones: zones)
            let newcomers = try (0..<3).map { try shard(90 + $0, zone: $0 % zones) }
            switch count % 3 {
            case 0:
                let joined = try changed(table, to: try shards(0..<count + 3, zones: zones)).0
                #expect(joined.moves == joined.minimumMoves)
            case 1:
                let left = try changed(table, to: Array(members.dropFirst(3))).0
                #expect(left.moves * 100 <= left.minimumMoves * 110, "\(count) shards in \(zones) zones")
            default:
                let replaced = try changed(table, to: members.dropFirst(3) + newcomers).0
                #expect(replaced.moves == replaced.minimumMoves)
            }
        }
    }

    @Test("The same shards again move nothing")
    func nothing() throws {
        let members = try shards(0..<9, zones: 4)
        let table = try Balancer.founding(members)
        let (report, next) = try changed(table, to: members)
        #expect(report.moves == 0)
        #expect(Census(next).homes == Census(table).homes)
    }

    @Test("A third zone's first shard becomes a home of everything, because homes spread over three zones from then on")
    func newZone() throws {
        let table = try Balancer.founding(try shards(0..<6, zones: 2))
        let report = try changed(table, to: try shards(0..<6, zones: 2) + [try shard(6, zone: 2)]).0
        #expect(report.moves == 256)
    }

    @Test(
        "A long life of random joins, leaves and replacements leaves no trace in the bounds",
        arguments: SeededRandom.some(3))
    func longLife(seed: SeededRandom) throws {
        var seed = seed
        var members = try shards(0..<6, zones: 3)
        var table = try Balancer.founding(members)
        for number in 6..<46 {
            let change = Int.random(in: 0..<3, using: &seed)
            if change != 0, members.count > 4 { members.remove(at: Int.random(in: members.indices, using: &seed)) }
            if change != 1 { members.append(try shard(number, zone: Int.random(in: 0..<5, using: &seed))) }
            if Set(members.map(\.id)).count < 3 { continue }
            let report: PlacementReport
            (report, table) = try changed(table, to: members.shuffled(using: &seed))
            #expect(report.violations == 0, "\(seed)")
        }
    }
}
