package import Logging
import ServiceLifecycle
import Synchronization

/// Binds an address and receives what publishers that connect to it send under the prefixes subscribed to.
///
/// Received messages wait in a bounded buffer; while it is full, what arrives is dropped and counted.
package final class ZeroMQSubscriber: Service {
    private struct State {
        var socket: Socket?
        var prefixes: Set<String> = []
        var isStarted = false
        var isStopping = false
    }

    /// Where publishers connect to, with the real port.
    package let endpoint: String
    /// Each message as its frames, in the order of arrival. For one reader; ends when `run()` does.
    package let messages: AsyncStream<[[UInt8]]>

    private let logger: Logger
    private let buffer: AsyncStream<[[UInt8]]>.Continuation
    private let wakeUp: WakeUp
    private let state: Mutex<State>
    private let dropped = Atomic(0)
    private let malformed = Atomic(0)

    /// Binds at once; receives once `run()` was called.
    /// - Parameter address: `tcp://127.0.0.1:*` takes a free port.
    package init(
        bind address: String, logger: Logger, highWaterMark: Int = ZeroMQLimits.highWaterMarkMessages,
        bufferMessagesMax: Int = ZeroMQLimits.bufferMessages, curve: CurveRole? = nil
    ) throws(ZeroMQError) {
        let socket = try Socket(.subscriber, in: Context(), highWaterMark: max(1, highWaterMark), curve: curve)
        try socket.bind(address)
        endpoint = try socket.lastEndpoint()
        wakeUp = try WakeUp()
        state = Mutex(State(socket: socket))
        self.logger = logger
        (messages, buffer) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(bufferMessagesMax))
    }

    /// Messages dropped because the program was slower than they came.
    package var droppedCount: Int { dropped.load(ordering: .relaxed) }

    /// Messages dropped because they had more frames than `ZeroMQLimits.framesInMessage`.
    package var malformedCount: Int { malformed.load(ordering: .relaxed) }

    /// From soon after this call, messages whose first frame begins with `prefix` are received. False: there are too
    /// many subscriptions.
    @discardableResult
    package func subscribe(prefix: String) -> Bool {
        let isAccepted = state.withLock { state in
            guard state.prefixes.count < ZeroMQLimits.subscriptions else { return state.prefixes.contains(prefix) }
            state.prefixes.insert(prefix)
            return true
        }
        wakeUp.signal()
        return isAccepted
    }

    package func unsubscribe(prefix: String) {
        state.withLock { _ = $0.prefixes.remove(prefix) }
        wakeUp.signal()
    }

    /// Receives until graceful shutdown or cancellation, then closes the socket and ends `messages`. To be called once.
    package func run() async throws {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { throw ZeroMQError.misuse("a subscriber runs once") }
        await withTaskCancellationOrGracefulShutdownHandler {
            await onOwnThread(named: "zmq-subscriber") { self.work() }
        } onCancelOrGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.wakeUp.signal()
        }
        buffer.finish()
    }
}

// MARK: - On the socket's thread
extension ZeroMQSubscriber {
    /// Holds the only reference to the socket, so that it is closed, and its address free again, when this returns.
    private func work() {
        let taken = state.withLock { state in
            defer { state.socket = nil }
            return state.socket
        }
        guard let socket = taken else { return }
        var subscribed: Set<String> = []
        while true {
            let (prefixes, isStopping) = state.withLock { ($0.prefixes, $0.isStopping) }
            if isStopping { return }
            if prefixes != subscribed { change(&subscribed, to: prefixes, on: socket) }
            if !receive(from: socket) { wakeUp.wait(for: [socket]) }
        }
    }

    private func change(_ subscribed: inout Set<String>, to prefixes: Set<String>, on socket: Socket) {
        do {
            for prefix in prefixes.subtracting(subscribed).sorted() { try socket.subscribe(prefix) }
            for prefix in subscribed.subtracting(prefixes).sorted() { try socket.unsubscribe(prefix) }
        } catch {
            logger.error("a subscription was refused", metadata: ["reason": "\(error)"])
        }
        subscribed = prefixes
    }

    /// Takes what has arrived, up to a turn's worth. False when there was nothing.
    private func receive(from socket: Socket) -> Bool {
        for turn in 0..<ZeroMQLimits.receivedInTurn {
            guard let frames = socket.receive() else { return turn > 0 }
            if frames.isEmpty {
                malformed.wrappingAdd(1, ordering: .relaxed)
            } else if case .dropped = buffer.yield(frames) {
                dropped.wrappingAdd(1, ordering: .relaxed)
            }
        }
        return true
    }
}
