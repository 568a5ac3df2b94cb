import ListCRDT
import TestSupport
import Testing

@Suite("Positions")
struct PositionTests {
    private static func precedes(_ left: [UInt8]?, _ right: [UInt8]?) -> Bool {
        guard let right else { return true }
        return (left ?? []).lexicographicallyPrecedes(right)
    }

    @Test("Wherever replicas insert, the new key lies strictly between its neighbours and is new")
    func between() {
        forAll(cases: 100 * caseFactor) { random in
            var keys: [[UInt8]] = []
            var counters: [UInt64] = [0, 0, 0]
            let scale = random.chance(2) ? 1 : UInt64.random(in: 1...(1 << 40), using: &random)
            for _ in 0..<150 {
                let author = random.below(3)
                counters[author] += UInt64.random(in: 1...scale, using: &random)
                let dot = Dot(ReplicaID(rawValue: UInt64(author) &* 0x5555_5555_5555_5555), counters[author])
                let place = random.chance(3) ? keys.count : random.below(keys.count + 1)
                let left = place > 0 ? keys[place - 1] : nil
                let right = place < keys.count ? keys[place] : nil
                let key = Position.between(left, right, dot: dot)
                try require(!key.isEmpty && PositionTests.precedes(left, key), "\(key) is behind \(left ?? [])")
                try require(PositionTests.precedes(key, right), "\(key) is before \(right ?? [])")
                keys.insert(key, at: place)
            }
            let longest = keys.map(\.count).max() ?? 0
            try require(longest < 400, "150 random insertions keep keys short: \(longest)")
        }
    }

    @Test("What two replicas type at one place at once stays two runs, typed downwards or upwards")
    func runs() {
        forAll(cases: 200 * caseFactor) { random in
            var counters: [UInt64] = [UInt64(random.below(300)), UInt64(random.below(300))]
            func dot(_ author: Int) -> Dot {
                counters[author] += 1
                return Dot(ReplicaID(rawValue: UInt64(author)), counters[author])
            }
            var shared: [[UInt8]] = []
            for _ in 0..<random.below(12) {
                let place = random.below(shared.count + 1)
                let left = place > 0 ? shared[place - 1] : nil
                let right = place < shared.count ? shared[place] : nil
                shared.insert(Position.between(left, right, dot: dot(random.below(2))), at: place)
            }
            let place = random.below(shared.count + 1)
            var all: [(key: [UInt8], author: Int)] = []
            for author in 0..<2 {
                var left = place > 0 ? shared[place - 1] : nil
                var right = place < shared.count ? shared[place] : nil
                let isUpwards = random.chance(2)
                for _ in 0..<20 {
                    let key = Position.between(left, right, dot: dot(author))
                    if isUpwards { right = key } else { left = key }
                    all.append((key, author))
                }
            }
            all.sort { $0.key.lexicographicallyPrecedes($1.key) }
            let authors = all.map(\.author)
            try require(Set(all.map(\.key)).count == 40, "all are different")
            try require(authors == authors.sorted() || authors == authors.sorted(by: >), "\(authors)")
        }
    }

    @Test("10,000 appended, or put in front, or by two people in turn, need few bytes a key", arguments: [1, 2, 5])
    func growth(people: Int) {
        var ends: (front: [UInt8]?, back: [UInt8]?) = (nil, nil)
        var longest = 0
        for number in 1...10_000 as ClosedRange<UInt64> {
            let dot = Dot(ReplicaID(rawValue: number % UInt64(people)), number)
            let back = Position.between(ends.back, nil, dot: dot)
            let front = Position.between(nil, ends.front ?? back, dot: Dot(dot.replica, number + 10_000))
            ends = (front, back)
            longest = max(longest, back.count, front.count)
        }
        #expect(longest <= 12 * people)
    }

    @Test("Bytes that are no keys, or neighbours out of order, give a key behind the left one, and nothing traps")
    func strangeNeighbours() {
        forAll(cases: 5_000 * caseFactor) { random in
            func bytes() -> [UInt8]? {
                random.chance(8)
                    ? nil
                    : (0..<random.below(24)).map { _ in [0, 1, 0x80, 0xFF, UInt8(random.below(256))][random.below(5)] }
            }
            let (left, right) = (bytes(), bytes())
            let dot = Dot(ReplicaID(rawValue: random.next()), UInt64.random(in: 0...UInt64.max, using: &random))
            let key = Position.between(left, right, dot: dot)
            try require(PositionTests.precedes(left, key), "\(key) behind \(left ?? [])")
            if let right, let left = Optional(left ?? []), left.lexicographicallyPrecedes(right) {
                let leavesRoom = !right.starts(with: left) || right[left.count...].contains { $0 > 0 }
                try require(!leavesRoom || PositionTests.precedes(key, right), "\(left) \(key) \(right)")
            }
        }
    }
}
