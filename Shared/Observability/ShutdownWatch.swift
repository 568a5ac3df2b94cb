import Dispatch
import Synchronization

/// Knows which services still run, and sees to it that a stop ends: past the limit it names them, past the grace
/// it gives up.
///
/// Its clock is Dispatch's: what hangs may be the cooperative pool itself.
final class ShutdownWatch: Sendable {
    private struct State {
        var running: [String] = []
        var overdue: [String] = []
        var isStopping = false
    }

    private let state = Mutex(State())

    /// Those that still ran when the limit was reached.
    var overdue: [String] { state.withLock { $0.overdue } }
    var isStopping: Bool { state.withLock { $0.isStopping } }

    func started(_ name: String) {
        state.withLock { $0.running.append(name) }
    }

    func ended(_ name: String) {
        state.withLock { state in
            state.running.firstIndex(of: name).map { _ = state.running.remove(at: $0) }
        }
    }

    /// `late` and `giveUp` are called with the names of what still runs, if anything does.
    func stopping(
        limit: Duration, grace: Duration,
        late: @escaping @Sendable ([String]) -> Void, giveUp: @escaping @Sendable ([String]) -> Void
    ) {
        guard
            state.withLock({ state in
                defer { state.isStopping = true }
                return !state.isStopping
            })
        else { return }
        after(limit) { [self] in
            let names = state.withLock { state in
                state.overdue = state.running
                return state.running
            }
            if !names.isEmpty { late(names) }
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
