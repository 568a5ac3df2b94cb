internal import Observability
internal import Synchronization

/// Wakes one waiting loop when the earliest of the times it was set to has come. It costs nothing while no time is set, unlike looking
/// at the time again and again, and it may ring too early: who is woken looks what is due, and sets it anew for what is not.
package final class AlarmClock: Sendable {
    /// It rings at least this often while a time is set, so that a wall clock that is put forward is noticed.
    private static let pauseMax: UInt64 = 1_000

    private struct State {
        var ringsAt = UInt64.max
        var cancel: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())
    private let doorbell = Doorbell()

    package init() {}

    /// Milliseconds of the wall clock. A later time than one that is set already changes nothing.
    package func set(at milliseconds: UInt64) {
        state.withLock { state in
            guard milliseconds < state.ringsAt else { return }
            let now = wallClockMilliseconds()
            let pause = min(milliseconds - min(now, milliseconds), Self.pauseMax)
            state.cancel()
            state.ringsAt = min(milliseconds, now + pause)
            state.cancel = ServiceThread.shared.schedule(after: .milliseconds(pause)) { [weak self] in self?.ring() }
        }
    }

    private func ring() {
        state.withLock { $0 = State() }
        doorbell.ring()
    }

    /// True when it rings; false once the waiting task is cancelled. One waiter only.
    package func wait() async -> Bool { await doorbell.wait() }
}
