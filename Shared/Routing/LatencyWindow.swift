/// The latest answer times of shards, to know when an answer is late.
struct LatencyWindow {
    private static let samplesMax = 256
    private static let refreshEvery = 64
    /// Before enough is known, and the least and most it ever says.
    private static let startMilliseconds: UInt64 = 100
    private static let boundsMilliseconds: ClosedRange<UInt64> = 10...1_000

    private var samples: [UInt64] = []
    private var next = 0
    private var sinceRefresh = 0
    /// After this long without an answer a third shard is asked: the 95th percentile of the latest answers.
    private(set) var hedgeMilliseconds = LatencyWindow.startMilliseconds

    mutating func add(_ milliseconds: UInt64) {
        if samples.count < Self.samplesMax {
            samples.append(milliseconds)
        } else {
            samples[next] = milliseconds
            next = (next + 1) % Self.samplesMax
        }
        sinceRefresh += 1
        if sinceRefresh == Self.refreshEvery { refresh() }
    }

    private mutating func refresh() {
        sinceRefresh = 0
        let late = samples.sorted()[samples.count * 95 / 100]
        hedgeMilliseconds = min(max(late, Self.boundsMilliseconds.lowerBound), Self.boundsMilliseconds.upperBound)
    }
}
