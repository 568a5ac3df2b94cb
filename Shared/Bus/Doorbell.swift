internal import Synchronization

/// Wakes one waiting loop. Rings while nobody waits are remembered as one.
package final class Doorbell: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package func ring() { continuation.yield() }

    /// No more rings: what was rung before is still heard, then `wait` answers false.
    package func close() { continuation.finish() }

    /// True after a ring; false once closed or the waiting task is cancelled. One waiter only.
    package func wait() async -> Bool {
        var iterator = stream.makeAsyncIterator()
        return await iterator.next() != nil
    }
}
