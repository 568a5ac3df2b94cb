internal import Synchronization

/// A worker's core, and the way to tell it something from any thread. What is told is at most what is in hand and under
/// way.
final class WorkerMailbox: Sendable {
    private let core: Mutex<WorkerCore>
    private let start = ContinuousClock.now
    let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(identity: String, limits: WorkerLimits) {
        core = Mutex(WorkerCore(identity: identity, limits: limits, now: 0))
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Milliseconds since the worker was made.
    private var now: UInt64 { start.duration(to: .now).wholeMilliseconds }

    func tell(_ event: WorkerCore.Event) {
        core.withLock { $0.handle(event, now: now) }
        wake()
    }

    func wake() { waker.yield() }

    func effects() -> [WorkerCore.Effect] {
        core.withLock { $0.effects(now: now) }
    }
}
