package import Messages

/// The line in which pushes wait for their wave, and the waves that are on their way. Pure: time is told by `expire(_:)`.
///
/// A submission leaves at once while fewer than `crowd` are on their way. What comes while there is a crowd goes together when there is
/// none any more.
package struct PushLine {
    /// Submissions on their way from which on what comes waits.
    package static let crowd = 8

    /// What left together. Its submissions are numbered in the order in which they came.
    package struct Wave: Sendable, Equatable {
        package let submissions: Range<Int>
        package let pushes: [SyncJob.Push]
    }

    private struct Way {
        let submissions: Range<Int>
        var answered = 0

        var left: Int { submissions.count - answered }
    }

    private var pushes: [SyncJob.Push] = []
    private var bytes = 0
    /// The submissions that stand in it.
    private var waiting = 0..<0
    private var ways: [Way] = []

    package init() {}

    private var isCrowded: Bool { ways.reduce(0) { $0 + $1.left } >= Self.crowd }

    /// Whether a wave would leave now.
    package var isReady: Bool { !waiting.isEmpty && !isCrowded }

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

    /// What waits, as the next wave; nil: nothing waits, or a crowd is on its way.
    package mutating func leave() -> Wave? { isReady ? leaveAnyway() : nil }

    /// What waits, crowd or not; nil: nothing waits.
    package mutating func leaveAnyway() -> Wave? {
        guard !waiting.isEmpty else { return nil }
        defer {
            ways.append(Way(submissions: waiting))
            (pushes, bytes, waiting) = ([], 0, waiting.upperBound..<waiting.upperBound)
        }
        return Wave(submissions: waiting, pushes: pushes)
    }

    /// What came of a submission is known, or nobody waits for it any more.
    package mutating func answer(_ submission: Int) {
        guard let place = ways.firstIndex(where: { $0.submissions.contains(submission) }) else { return }
        ways[place].answered += 1
        if ways[place].left == 0 { ways.remove(at: place) }
    }

    /// A wave has had its time: what is left of it is no longer counted.
    package mutating func expire(_ wave: Wave) { ways.removeAll { $0.submissions == wave.submissions } }
}
