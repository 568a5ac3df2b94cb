import Dispatch
import Synchronization

/// Knows which services still run, and sees to it that a stop ends: past the limit it names them, past the grace
/// it gives up.
///
/// Its clock is Dispatch's: what hangs may be the cooperative pool itself.
final class ShutdownWatch: Sendable {
    private struct State {
        /// In the order in which they were started; they are stopped in the opposite one.
        var running: [String]
        var overdue: String?
        var isStopping = false
    }

    private let state: Mutex<State>

    init(names: [String]) {
        state = Mutex(State(running: names))
    }

    /// What the stop was waiting for when the limit was reached.
    var overdue: String? { state.withLock { $0.overdue } }
    var isStopping: Bool { state.withLock { $0.isStopping } }

    func ended(_ name: String) {
        state.withLock { state in
            state.running.lastIndex(of: name).map { _ = state.running.remove(at: $0) }
        }
    }

    /// `late` is called with the one that the others wait for, `giveUp` with all that do not heed their cancellation.
    func stopping(
        limit: Duration, grace: Duration,
        late: @escaping @Sendable (String) -> Void, giveUp: @escaping @Sendable ([String]) -> Void
    ) {
        guard
            state.withLock({ state in
                defer { state.isStopping = true }
                return !state.isStopping
            })
        else { return }
        after(limit) { [self] in
            let name = state.withLock { state in
                state.overdue = state.running.last
                return state.overdue
            }
            if let name { late(name) }
        }
        after(limit + grace) { [self] in
            let names = state.withLock { $0.running }
            if !names.isEmpty { giveUp(names) }
        }
    }

    private func after(_ delay: Duration, _ work: @escaping @Sendable () -> Void) {
        let (seconds, attoseconds) = delay.components
        let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) / 1e9
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds)), execute: work)
    }
}
