/// Times and how often each occurred: a histogram whose buckets grow with the value, so that a quantile is within 1 % of
/// the true one whatever its size. Recording costs an index and an addition; 19 KB each.
struct Distribution: Sendable {
    /// Buckets to a doubling: each holds values that differ by less than a 64th.
    private static let subBits = 6
    /// Longer times, from 2⁴² ns (73 minutes), count as that long.
    private static let bitsMax = 42

    private var buckets = [UInt64](repeating: 0, count: (bitsMax - subBits + 1) << subBits)
    private var sum = 0.0
    private var longest: UInt64 = 0
    private(set) var count = 0

    init() {}

    mutating func record(_ nanoseconds: UInt64) {
        buckets[Distribution.bucket(of: nanoseconds)] += 1
        count += 1
        sum += Double(nanoseconds)
        longest = Swift.max(longest, nanoseconds)
    }

    mutating func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        record(UInt64(clamping: seconds) * 1_000_000_000 + UInt64(clamping: attoseconds / 1_000_000_000))
    }

    mutating func merge(_ other: Distribution) {
        for (index, occurrences) in other.buckets.enumerated() where occurrences > 0 { buckets[index] += occurrences }
        count += other.count
        sum += other.sum
        longest = Swift.max(longest, other.longest)
    }

    /// Milliseconds which the share `q` of all times, 0 to 1, does not exceed; 0 when there are none.
    func quantile(_ q: Double) -> Double {
        let rank = Swift.max(1, (q * Double(count)).rounded(.up))
        var passed = 0.0
        for (index, occurrences) in buckets.enumerated() where occurrences > 0 {
            passed += Double(occurrences)
            if passed >= rank { return Swift.min(Distribution.middle(of: index), Double(longest)) / 1e6 }
        }
        return 0
    }

    /// Milliseconds.
    var mean: Double { count == 0 ? 0 : sum / Double(count) / 1e6 }

    /// Milliseconds.
    var max: Double { Double(longest) / 1e6 }

    private static func bucket(of value: UInt64) -> Int {
        let value = Swift.min(value, 1 << UInt64(bitsMax) - 1)
        let shift = Swift.max(0, UInt64.bitWidth - value.leadingZeroBitCount - subBits - 1)
        return shift << subBits + Int(value >> UInt64(shift))
    }

    private static func middle(of index: Int) -> Double {
        let shift = Swift.max(0, index >> subBits - 1)
        let low = UInt64(index - shift << subBits) << UInt64(shift)
        return Double(low) + Double((1 << UInt64(shift)) - 1) / 2
    }
}
