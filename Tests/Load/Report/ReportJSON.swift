internal import Foundation

extension Report {
    /// Keys in alphabetical order, so that two runs compare line by line.
    var json: Data {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(self)
        }
    }
}

extension Figure: Encodable {
    private enum Key: CodingKey { case label, value, unit, peers, goals, name, ratio, goal, reached }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(label, forKey: .label)
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        var peers = container.nestedUnkeyedContainer(forKey: .peers)
        for peer in self.peers where ratio(to: peer).isFinite {
            var each = peers.nestedContainer(keyedBy: Key.self)
            try each.encode(peer.name, forKey: .name)
            try each.encode(peer.value, forKey: .value)
            try each.encode(ratio(to: peer), forKey: .ratio)
        }
        var goals = container.nestedUnkeyedContainer(forKey: .goals)
        for goal in self.goals {
            var each = goals.nestedContainer(keyedBy: Key.self)
            try each.encode(goal.description, forKey: .goal)
            try each.encode(goal.isReached(by: self), forKey: .reached)
        }
    }
}
