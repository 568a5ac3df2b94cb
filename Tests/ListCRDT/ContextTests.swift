import ListCRDT
import TestSupport
import Testing

@Suite("A context is a set of dots")
struct ContextTests {
    private static let replicas = [3, 5, 9].map { ReplicaID(rawValue: $0) }

    private static func dots(_ random: inout SeededRandom) -> Set<Dot> {
        var dots: Set<Dot> = []
        for _ in 0..<random.below(20) {
            dots.insert(Dot(replicas[random.below(3)], UInt64(random.below(12) + 1)))
        }
        return dots
    }

    @Test("All it does is what sets do, and one set has one form")
    func likeASet() {
        forAll(cases: 3_000 * caseFactor) { random in
            let (mine, theirs) = (ContextTests.dots(&random), ContextTests.dots(&random))
            let (left, right) = (Context(mine), Context(theirs))
            var grown = Context()
            for dot in mine.shuffled(using: &random) { grown.insert(dot) }
            try require(grown == left && grown.hashValue == left.hashValue, "one by one: \(grown)")
            try require(left.dots(limit: 100) == mine.sorted(), "its dots: \(left)")
            try require(left.union(right) == Context(mine.union(theirs)), "union of \(left) \(right)")
            grown.formUnion(right)
            try require(grown == left.union(right), "union in place of \(left) \(right)")
            try require(left.subtracting(right) == Context(mine.subtracting(theirs)), "difference of \(left) \(right)")
            var rest = left
            rest.subtract(right)
            try require(rest == left.subtracting(right), "difference in place of \(left) \(right)")
            try require(left.intersection(right) == Context(mine.intersection(theirs)), "common to \(left) \(right)")
            try require(left.isSubset(of: right) == mine.isSubset(of: theirs), "subset: \(left) \(right)")
            try require(left.isDisjoint(with: right) == mine.isDisjoint(with: theirs), "disjoint: \(left) \(right)")
            try require(left.dotCount == UInt64(mine.count), "count of \(left)")
            for replica in ContextTests.replicas {
                let highest = mine.filter { $0.replica == replica }.map(\.counter).max() ?? 0
                try require(left.highest(of: replica) == highest, "highest of \(left)")
                for counter in 0...14 as ClosedRange<UInt64> {
                    let dot = Dot(replica, counter)
                    try require(left.contains(dot) == mine.contains(dot), "\(dot) in \(left)")
                }
            }
            try require(try Context(decoding: left.encoded()) == left, "its encoded form")
        }
    }

    @Test("What follows on is one range, whatever the order")
    func normalForm() {
        var context = Context()
        let replica = ReplicaID(rawValue: 1)
        for counter in [5, 1, 3, 4, 2] as [UInt64] { context.insert(Dot(replica, counter)) }
        context.insert(replica, 7...9)
        #expect(context.ranges.map(\.range) == [1...5, 7...9])
        context.insert(replica, 2...6)
        #expect(context.ranges.map(\.range) == [1...9])
    }

    @Test("Counters at the ends: 0 and those past Int64.max are no dots, and nothing overflows")
    func ends() throws {
        let replica = ReplicaID(rawValue: .max)
        var context = Context()
        context.insert(Dot(replica, 0))
        context.insert(Dot(replica, .max))
        context.insert(replica, (Dot.maxCounter + 1)...UInt64.max)
        #expect(context.isEmpty)
        context.insert(replica, 0...UInt64.max)
        #expect(context.dotCount == Dot.maxCounter)
        #expect(context.contains(Dot(replica, Dot.maxCounter)) && !context.contains(Dot(replica, 0)))
        #expect(context.dots(limit: 1_000) == nil)
        #expect(try Context(decoding: context.encoded()) == context)
        for number in 0..<4 as Range<UInt64> { context.insert(ReplicaID(rawValue: number), 1...UInt64.max) }
        #expect(context.dotCount == .max)
        #expect(context.subtracting(Context(Dot(replica, 1))).highest(of: replica) == Dot.maxCounter)
    }
}
