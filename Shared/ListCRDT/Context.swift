/// A set of dots: version vector and dot cloud in one. THE version of a document, and the difference of two names what
/// one of them lacks.
///
/// It is a set and never a prefix: a hole in it says that an operation is missing, not that it was undone.
/// Equal sets have equal runs: sorted by replica, then ascending, disjoint, never adjacent. Dots with counters outside
/// 1...Dot.maxCounter are no dots and are left out.
package struct Context: Hashable, Sendable {
    /// Consecutive dots of one replica, `first...last`.
    struct Run: Hashable, Sendable {
        var replica: ReplicaID
        var first: UInt64
        var last: UInt64
    }

    private(set) var runs: [Run] = []

    package init() {}

    package init(_ dot: Dot) {
        if 1...Dot.maxCounter ~= dot.counter {
            runs = [Run(replica: dot.replica, first: dot.counter, last: dot.counter)]
        }
    }

    /// O(n log n), whatever the order of the dots.
    package init(_ dots: some Sequence<Dot>) {
        var runs: [Run] = []
        for dot in dots where 1...Dot.maxCounter ~= dot.counter {
            runs.append(Run(replica: dot.replica, first: dot.counter, last: dot.counter))
        }
        self.init(unsorted: runs)
    }

    /// Runs within 1...Dot.maxCounter, in any order, overlapping or not.
    init(unsorted runs: [Run]) {
        guard runs.count > 1 else {
            self.runs = runs
            return
        }
        for run in runs.sorted(by: { ($0.replica, $0.first) < ($1.replica, $1.first) }) {
            append(run)
        }
    }

    package var isEmpty: Bool { runs.isEmpty }

    var replicaCount: Int {
        runs.indices.count { $0 == 0 || runs[$0 - 1].replica != runs[$0].replica }
    }

    package var ranges: [(replica: ReplicaID, range: ClosedRange<UInt64>)] {
        runs.map { ($0.replica, $0.first...$0.last) }
    }

    /// How many dots; more than UInt64.max count as that many.
    package var dotCount: UInt64 {
        runs.reduce(0) { $0.addingSaturated($1.last - $1.first + 1) }
    }

    /// All dots in order, or nil when there are more than `limit`: received ranges can be 2^63 long.
    package func dots(limit: Int) -> [Dot]? {
        guard dotCount <= UInt64(clamping: limit) else { return nil }
        return runs.flatMap { run in (run.first...run.last).map { Dot(run.replica, $0) } }
    }

    /// The highest counter of a replica, 0 if there is none.
    package func highest(of replica: ReplicaID) -> UInt64 {
        let end = firstIndex { $0.replica > replica }
        return end > 0 && runs[end - 1].replica == replica ? runs[end - 1].last : 0
    }

    package func contains(_ dot: Dot) -> Bool {
        containsWhole(Run(replica: dot.replica, first: dot.counter, last: dot.counter))
    }

    func containsWhole(_ run: Run) -> Bool {
        let index = firstIndex(reaching: run)
        guard index < runs.count, runs[index].replica == run.replica else { return false }
        return runs[index].first <= run.first && run.last <= runs[index].last
    }

    package mutating func insert(_ dot: Dot) {
        insert(dot.replica, dot.counter...dot.counter)
    }

    /// O(log runs) where a run only grows, O(runs) where one is added.
    package mutating func insert(_ replica: ReplicaID, _ range: ClosedRange<UInt64>) {
        guard range.overlaps(1...Dot.maxCounter) else { return }
        let range = range.clamped(to: 1...Dot.maxCounter)
        insert(Run(replica: replica, first: range.lowerBound, last: range.upperBound))
    }

    mutating func insert(_ run: Run) {
        let start = firstIndex { ($0.replica, $0.last) >= (run.replica, run.first - 1) }
        var end = start
        var merged = run
        while end < runs.count, runs[end].replica == run.replica, runs[end].first <= run.last + 1 {
            merged.first = min(merged.first, runs[end].first)
            merged.last = max(merged.last, runs[end].last)
            end += 1
        }
        if end == start + 1 {
            runs[start] = merged
        } else if start == runs.count {
            runs.append(merged)
        } else {
            runs.replaceSubrange(start..<end, with: CollectionOfOne(merged))
        }
    }

    /// Adds a run that begins at or after the beginning of the last one.
    mutating func append(_ run: Run) {
        if let last = runs.last, last.replica == run.replica, run.first <= last.last + 1 {
            runs[runs.count - 1].last = max(last.last, run.last)
        } else {
            runs.append(run)
        }
    }

    /// The first run that ends with or behind the beginning of `run`.
    func firstIndex(reaching run: Run) -> Int {
        firstIndex { ($0.replica, $0.last) >= (run.replica, run.first) }
    }

    /// The first run that satisfies a condition which, once true, stays true for all later runs.
    private func firstIndex(where condition: (Run) -> Bool) -> Int {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if condition(runs[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
