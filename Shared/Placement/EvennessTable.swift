/// The balancer's evenness and movement, as a table for people.
package enum EvennessTable {
    /// A change of membership: the first `leaving` shards go, `joining` new ones come.
    private struct Change {
        let title: String
        let leaving: Int
        let joining: Int
    }

    private static let changes = [
        Change(title: "join", leaving: 0, joining: 1), Change(title: "leave", leaving: 1, joining: 0),
        Change(title: "replace", leaving: 1, joining: 1), Change(title: "3 join", leaving: 0, joining: 3),
        Change(title: "3 leave", leaving: 3, joining: 0),
    ]

    private static let explanation = """
        shards stand in turn in the zones · held, firsts, pairs: fewest–most a shard (pairs: two shards) have
        changes: replicas moved / the fewest that the quotas allow · violations: over the row's six tables

        """

    /// One line for every number of shards and zones. About a thousand tables are made for the whole of it.
    package static func rendered(
        shards: ClosedRange<Int> = 3...32, zones: ClosedRange<Int> = 1...5, replicas: Int = 3
    ) throws(BalancerError) -> String {
        let titles = ["shards", "zones", "held", "max/mean", "firsts", "pairs"] + changes.map(\.title) + ["violations"]
        var text = explanation + line(titles)
        for count in shards {
            for zoneCount in zones where zoneCount <= count {
                text += line(try row(count, zoneCount, replicas))
            }
        }
        return text
    }

    private static func row(_ count: Int, _ zones: Int, _ replicas: Int) throws(BalancerError) -> [String] {
        let members = (0..<count).compactMap { shard($0, zone: $0 % zones) }
        let table = try Balancer.founding(members, replicas: replicas)
        let report = PlacementReport(table)
        var violations = report.violations
        var cells = [
            String(count), String(zones), text(report.held), thousandths(report.evenness), text(report.firsts),
            text(report.pairs),
        ]
        for change in changes {
            guard count - change.leaving + change.joining >= replicas else {
                cells.append("–")
                continue
            }
            let others = Array(members.dropFirst(change.leaving)) + newcomers(change, count, zones)
            let changed = PlacementReport(try Balancer.rebalanced(table, to: others), since: table)
            violations += changed.violations
            cells.append("\(changed.moves)/\(changed.minimumMoves)")
        }
        return cells + [String(violations)]
    }

    /// Who replaces another stands in the other's zone; who joins stands in the zone whose turn it is.
    private static func newcomers(_ change: Change, _ count: Int, _ zones: Int) -> [Shard] {
        (0..<change.joining).compactMap { number in
            shard(count + number, zone: number < change.leaving ? number % zones : (count + number) % zones)
        }
    }

    private static func shard(_ number: Int, zone: Int) -> Shard? {
        guard let id = ShardID("shard-\(number)"), let zone = Zone("zone-\(zone)") else { return nil }
        return Shard(id: id, zone: zone)
    }

    private static func line(_ cells: [String]) -> String {
        cells.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 }.joined(separator: " ") + "\n"
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
    }

    private static func thousandths(_ value: Double) -> String {
        let rounded = Int(value * 1000 + 0.5)
        let fraction = String(rounded % 1000)
        return "\(rounded / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
