import Dispatch
import Foundation
import Synchronization

/// Ends the wait of a connection's thread from another thread, when the task that waits is cancelled.
///
/// Shutting down the socket is what wakes it: `poll` returns at once, and the connection counts as lost.
final class Interrupt: Sendable {
    private struct State {
        var socket: Int32?
        var operation: UInt64 = 0
        var isRaised = false
    }

    private let state = Mutex(State())
    private let serial = Atomic<UInt64>(0)
    private let wake = DispatchSemaphore(value: 0)

    var isRaised: Bool { state.withLock { $0.isRaised } }

    /// A number for an operation, so that a cancellation that comes when it has ended cannot hit the next one.
    func newOperation() -> UInt64 { serial.wrappingAdd(1, ordering: .relaxed).newValue }

    func begin(_ operation: UInt64) {
        state.withLock { state in
            state.operation = operation
            state.isRaised = Task.isCancelled
        }
    }

    func end() {
        state.withLock { state in
            state = State()
            while wake.wait(timeout: .now()) == .success {}
        }
    }

    func raise(for operation: UInt64) {
        state.withLock { state in
            guard state.operation == operation else { return }
            state.isRaised = true
            // Under the lock, so that the number cannot have become another file's.
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
            wake.signal()
        }
    }

    /// Names the socket to shut down. nil: there is none to wait on; to be called before it is closed.
    func watch(_ socket: Int32?) {
        state.withLock { state in
            state.socket = socket
            if let socket, state.isRaised { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Blocks for the duration, or until raised.
    func sleep(for duration: Duration) {
        _ = wake.wait(timeout: .now() + .milliseconds(Int(duration.milliseconds)))
    }
}
