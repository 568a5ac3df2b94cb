import Dispatch
import Foundation
import Synchronization

/// An actor's executor on a thread of its own: what blocks there holds up its actor alone.
///
/// The thread starts with the first job, and ends after the executor is gone.
final class ThreadExecutor: SerialExecutor {
    private let queue: Queue

    init(name: String) {
        queue = Queue(name: name)
    }

    deinit {
        queue.finish()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        queue.add(UnownedJob(job), executor: asUnownedSerialExecutor())
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// What the executor and its thread share, so that the thread does not keep the executor alive.
    private final class Queue: Sendable {
        private struct State {
            var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
            var isStarted = false
            var isFinished = false
        }

        private let name: String
        private let state = Mutex(State())
        private let wake = DispatchSemaphore(value: 0)

        init(name: String) {
            self.name = name
        }

        func add(_ job: UnownedJob, executor: UnownedSerialExecutor) {
            let mustStart = state.withLock { state in
                state.jobs.append((job, executor))
                defer { state.isStarted = true }
                return !state.isStarted
            }
            wake.signal()
            if mustStart { start() }
        }

        func finish() {
            state.withLock { $0.isFinished = true }
            wake.signal()
        }

        private func start() {
            let thread = Thread { [self] in
                while runWaitingJobs() { wake.wait() }
            }
            thread.name = name
            thread.start()
        }

        /// Runs what is there; false when nothing will come any more.
        private func runWaitingJobs() -> Bool {
            while true {
                let (jobs, isFinished) = state.withLock { state in
                    defer { state.jobs.removeAll() }
                    return (state.jobs, state.isFinished)
                }
                if jobs.isEmpty { return !isFinished }
                for (job, executor) in jobs { job.runSynchronously(on: executor) }
            }
        }
    }
}
