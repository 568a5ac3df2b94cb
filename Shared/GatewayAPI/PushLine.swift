package import Messages

/// The line in which pushes wait for their wave, and the wave that is on its way. Pure: time is told by `expire(_:)` and
/// `endLinger(after:)`.
///
/// While a wave is on its way, what comes waits, and leaves together as the next one: a lone push leaves at once, and under load waves
/// grow by themselves. Who was just answered often pushes again at once: so the next wave lingers for a moment, until four of five who
/// pushed of late stand in line.
package struct PushLine {
    /// What left together. Its submissions are numbered in the order in which they came.
    package struct Wave: Sendable, Equatable {
        package let submissions: Range<Int>
        package let pushes: [SyncJob.Push]
    }

    private var pushes: [SyncJob.Push] = []
    private var bytes = 0
    /// The submissions that stand in it.
    private var waiting = 0..<0
    /// Those of the wave that is on its way, and how many of them are not answered.
    private var onWay = 0..<0
    private var unanswered = 0
    /// Up to how many submissions the next wave lingers.
    private var expected = 0

    package init() {}

    /// Whether a wave would leave now.
    package var isReady: Bool { !waiting.isEmpty && unanswered == 0 && waiting.count >= expected }

    /// The submissions of the last wave, while the next one lingers; nil: it does not.
    package var lingersAfter: Range<Int>? { unanswered == 0 && waiting.count < expected ? onWay : nil }

    /// Puts the pushes of one submission in line and returns its number. Nil: the line is full and nothing was taken.
    package mutating func add(_ more: [SyncJob.Push]) -> Int? {
        let size = more.reduce(0) { $0 + $1.delta.count }
        guard pushes.count + more.count <= GatewayLimits.pushesWaitingMax,
            bytes + size <= GatewayLimits.pushBytesWaitingMax
        else { return nil }
        pushes += more
        bytes += size
        defer { waiting = waiting.lowerBound..<waiting.upperBound + 1 }
        return waiting.upperBound
    }

    /// What waits, as the next wave; nil: nothing waits, it lingers, or a wave is on its way.
    package mutating func leave() -> Wave? { isReady ? leaveAnyway() : nil }

    /// What waits, whatever is on its way; nil: nothing waits.
    package mutating func leaveAnyway() -> Wave? {
        guard !waiting.isEmpty else { return nil }
        defer {
            (onWay, unanswered, expected) = (waiting, waiting.count, 0)
            (pushes, bytes, waiting) = ([], 0, waiting.upperBound..<waiting.upperBound)
        }
        return Wave(submissions: waiting, pushes: pushes)
    }

    /// What came of a submission is known, or nobody waits for it any more.
    package mutating func answer(_ submission: Int) {
        guard onWay.contains(submission), unanswered > 0 else { return }
        unanswered -= 1
        if unanswered == 0 { expected = (onWay.count + waiting.count) * 4 / 5 }
    }

    /// The moment after a wave's answers is over: the next one waits for nobody more.
    package mutating func endLinger(after submissions: Range<Int>) {
        if submissions == onWay { expected = 0 }
    }

    /// The wave of these submissions has had its time: nobody waits for the rest of it.
    package mutating func expire(_ submissions: Range<Int>) {
        if submissions == onWay { unanswered = 0 }
    }
}
