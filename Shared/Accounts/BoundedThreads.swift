import Dispatch
import Synchronization

/// Runs long computations off the cooperative pool: some at once, some waiting in order, no more.
final class BoundedThreads: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let runningMax: Int
    private let waitingMax: Int

    init(label: String, runningMax: Int, waitingMax: Int) {
        queue = DispatchQueue(label: label, attributes: .concurrent)
        self.runningMax = runningMax
        self.waitingMax = waitingMax
    }

    /// Nil, at once, if too many wait already.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result? {
        await withCheckedContinuation { continuation in
            let accepted = submit { [self] in
                continuation.resume(returning: work())
                startNext()
            }
            if !accepted { continuation.resume(returning: nil) }
        }
    }

    private func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        let (accepted, startsNow) = state.withLock { state in
            if state.running < runningMax {
                state.running += 1
                return (true, true)
            }
            guard state.waiting.count < waitingMax else { return (false, false) }
            state.waiting.append(job)
            return (true, false)
        }
        if startsNow { queue.async(execute: job) }
        return accepted
    }

    private func startNext() {
        let next = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        if let next { queue.async(execute: next) }
    }
}
