/// Orders each home by preference: firsts as even as the homes allow, then seconds as even as the firsts allow.
///
/// Starts from the former order, so few preferences change. While some shard has at least two more than another that
/// it can hand to, along a chain of homes, it hands one on; when no such chain is left no other order is more even.
struct PreferenceOrder {
    private struct Step {
        let partition: Int
        let from: Int
        let to: Int
    }

    private var homes: [[Int]]
    private let shardCount: Int

    static func arrange(_ homes: inout [[Int]], shardCount: Int, former: FormerHomes) {
        var order = PreferenceOrder(homes: homes, shardCount: shardCount, former: former)
        guard let replicas = homes.first?.count else { return }
        for rank in 0..<max(0, replicas - 1) { order.level(rank) }
        homes = order.homes
    }

    private init(homes: [[Int]], shardCount: Int, former: FormerHomes) {
        self.shardCount = shardCount
        self.homes = homes.indices.map { partition in
            let staying = former.homes[partition].filter(homes[partition].contains)
            let coming = homes[partition].filter { !staying.contains($0) }.sorted()
            let turn = coming.isEmpty ? 0 : partition % coming.count
            return staying + coming[turn...] + coming[..<turn]
        }
    }

    private mutating func level(_ rank: Int) {
        var counts = Array(repeating: 0, count: shardCount)
        for home in homes { counts[home[rank]] += 1 }
        while let chain = chain(rank, counts), let first = chain.first, let last = chain.last {
            for step in chain {
                homes[step.partition][rank] = step.to
                if let place = homes[step.partition].lastIndex(of: step.to) { homes[step.partition][place] = step.from }
            }
            counts[first.from] -= 1
            counts[last.to] += 1
        }
    }

    private func chain(_ rank: Int, _ counts: [Int]) -> [Step]? {
        guard let fewest = counts.min() else { return nil }
        let starts = counts.indices.filter { counts[$0] >= fewest + 2 }
        for start in starts.sorted(by: { (counts[$1], $0) < (counts[$0], $1) }) {
            if let chain = chain(rank, from: start, toAtMost: counts[start] - 2, counts) { return chain }
        }
        return nil
    }

    /// The shortest chain from `start` to a shard that has no more than `limit`.
    private func chain(_ rank: Int, from start: Int, toAtMost limit: Int, _ counts: [Int]) -> [Step]? {
        var step: [Step?] = Array(repeating: nil, count: shardCount)
        var queue = [start]
        var next = 0
        while next < queue.count {
            let shard = queue[next]
            next += 1
            if counts[shard] <= limit { return path(to: shard, from: start, by: step) }
            for (partition, home) in homes.enumerated() where home[rank] == shard {
                for other in home[(rank + 1)...] where other != start && step[other] == nil {
                    step[other] = Step(partition: partition, from: shard, to: other)
                    queue.append(other)
                }
            }
        }
        return nil
    }

    private func path(to end: Int, from start: Int, by step: [Step?]) -> [Step] {
        var path: [Step] = []
        var shard = end
        while shard != start, let last = step[shard] {
            path.append(last)
            shard = last.from
        }
        return path.reversed()
    }
}
