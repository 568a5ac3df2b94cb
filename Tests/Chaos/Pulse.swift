internal import Synchronization

/// What all devices report as it happens: acknowledgements by device and time, and what was met on the way.
package final class Pulse: Sendable {
    package struct Counts: Sendable {
        package var acknowledged = 0
        package var setbacks = 0
        package var clockAhead = 0
        package var cuts = 0
    }

    private struct State {
        var counts = Counts()
        var beats: [(at: ContinuousClock.Instant, device: Int)] = []
        var violations: [Violation] = []
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now

    package init() {}

    package var counts: Counts { state.withLock { $0.counts } }

    /// Milliseconds since the run began.
    package var moment: Int { Self.milliseconds(start.duration(to: .now)) }

    func beat(_ device: Int, acknowledged: Int) {
        state.withLock {
            $0.counts.acknowledged += acknowledged
            $0.beats.append((.now, device))
        }
    }

    func count(_ change: (inout Counts) -> Void) { state.withLock { change(&$0.counts) } }

    func report(_ violation: Violation) { state.withLock { $0.violations.append(violation) } }

    func takeViolations() -> [Violation] {
        state.withLock { state in
            defer { state.violations = [] }
            return state.violations
        }
    }

    // MARK: - Recovery

    /// How the devices fared from `injected` on. Half of them acknowledged again is a pulse.
    struct Recovery: Sendable {
        /// From the healing to the first pulse after it, in milliseconds; nil: there was none.
        var recoveredAfter: Int?
        /// The longest time without a pulse.
        var longestPause: Int
    }

    func recovery(injected: ContinuousClock.Instant, healed: ContinuousClock.Instant, devices: Int) -> Recovery {
        let beats = state.withLock { state in
            defer { state.beats = [] }
            return state.beats
        }
        let all = Self.pulses(beats.filter { $0.at > injected }, devices)
        let after = Self.pulses(beats.filter { $0.at > healed }, devices)
        let marks = [injected] + all
        let pause = zip(marks, marks.dropFirst()).map { Self.milliseconds($0.duration(to: $1)) }.max() ?? 0
        return Recovery(
            recoveredAfter: after.first.map { Self.milliseconds(healed.duration(to: $0)) }, longestPause: pause)
    }

    /// The moments at which half of the devices have been acknowledged since the moment before.
    private static func pulses(
        _ beats: [(at: ContinuousClock.Instant, device: Int)], _ devices: Int
    ) -> [ContinuousClock.Instant] {
        var heard: Set<Int> = []
        return beats.compactMap { beat in
            heard.insert(beat.device)
            guard heard.count * 2 >= devices else { return nil }
            heard = []
            return beat.at
        }
    }

    static func milliseconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000)
    }
}
