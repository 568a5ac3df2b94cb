import Synchronization

/// A value that becomes known once, such as the port a server was given; any number may wait for it.
package final class OneShot<Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Value, any Error>
    private struct State {
        var result: Result<Value, any Error>?
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        /// Cancelled between taking a number and waiting.
        var cancelled: Set<UInt64> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Only the first call counts.
    package func settle(_ result: Result<Value, any Error>) {
        let waiters = state.withLock { state -> [Waiter] in
            guard state.result == nil else { return [] }
            state.result = result
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }

    /// Waits until it is settled. Throws what it was settled with, or `CancellationError`.
    package func value() async throws -> Value {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait($0, as: number) }
        } onCancel: {
            cancel(number)
        }
    }

    private func wait(_ waiter: Waiter, as number: UInt64) {
        let known = state.withLock { state -> Result<Value, any Error>? in
            if let result = state.result { return result }
            if state.cancelled.remove(number) != nil { return .failure(CancellationError()) }
            state.waiters[number] = waiter
            return nil
        }
        if let known { waiter.resume(with: known) }
    }

    private func cancel(_ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.result == nil else { return nil }
            if let waiter = state.waiters.removeValue(forKey: number) { return waiter }
            state.cancelled.insert(number)
            return nil
        }
        waiter?.resume(throwing: CancellationError())
    }
}
