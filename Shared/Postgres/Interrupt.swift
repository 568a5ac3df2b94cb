import Dispatch
import Foundation
import Synchronization

/// Ends the wait of a connection's thread from another thread, when the task that waits is cancelled.
///
/// Shutting down the socket is what wakes it: `poll` returns at once, and the connection counts as lost.
final class Interrupt: Sendable {
    private struct State {
        var socket: Int32?
        var isRaised = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    var isRaised: Bool { state.withLock { $0.isRaised } }

    func raise() {
        state.withLock { state in
            state.isRaised = true
            // Under the lock, so that the number cannot have become another file's.
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
        wake.signal()
    }

    /// Names the socket to shut down. nil: there is none to wait on; to be called before it is closed.
    func watch(_ socket: Int32?) {
        state.withLock { state in
            state.socket = socket
            if let socket, state.isRaised { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Forgets a raise that came for an operation that has ended.
    func reset() {
        state.withLock { state in
            state.isRaised = false
            state.socket = nil
        }
        while wake.wait(timeout: .now()) == .success {}
    }

    /// Blocks for the duration, or until raised.
    func sleep(for duration: Duration) {
        _ = wake.wait(timeout: .now() + .milliseconds(Int(duration.milliseconds)))
    }
}
