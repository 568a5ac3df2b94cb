package import Logging
import ServiceLifecycle
import Synchronization

/// Sends each message to every endpoint whose subscriber asked for its first frame's prefix.
///
/// Delivery is not promised: what does not fit a bound is dropped, the newest first, and counted.
package final class ZeroMQPublisher: Service {
    private struct State {
        var messages: [[[UInt8]]] = []
        var byteCount = 0
        var endpoints: [String] = []
        var isStarted = false
        var isStopping = false

        mutating func add(_ frames: [[UInt8]], messagesMax: Int) {
            let size = frames.reduce(0) { $0 + $1.count }
            guard !isStopping, !frames.isEmpty, frames.count <= ZeroMQLimits.framesInMessage,
                messages.count < messagesMax, byteCount + size <= ZeroMQLimits.queueBytes
            else { return }
            messages.append(frames)
            byteCount += size
        }
    }

    private let logger: Logger
    private let highWaterMark: Int
    private let queueMessagesMax: Int
    private let curve: CurveRole?
    private let wakeUp: WakeUp
    private let state = Mutex(State())
    private let dropped = Atomic(0)
    private let skipped = Atomic(0)

    /// - Parameter highWaterMark: messages that wait for one slow or absent subscriber before it is skipped.
    package init(
        logger: Logger, highWaterMark: Int = ZeroMQLimits.highWaterMarkMessages,
        queueMessagesMax: Int = ZeroMQLimits.queueMessages, curve: CurveRole? = nil
    ) throws(ZeroMQError) {
        self.logger = logger
        self.highWaterMark = max(1, highWaterMark)
        self.queueMessagesMax = queueMessagesMax
        self.curve = curve
        wakeUp = try WakeUp()
    }

    /// Messages refused by `publish` because the queue was full or the publisher had stopped.
    package var droppedCount: Int { dropped.load(ordering: .relaxed) }

    /// Times that a subscriber was passed over because its high-water mark was reached, or that sending to it failed.
    package var skippedCount: Int { skipped.load(ordering: .relaxed) }

    /// Connects to those that are new and leaves those that are gone. At most `ZeroMQLimits.endpoints`; the rest are
    /// not connected to.
    package func setEndpoints(_ endpoints: [String]) {
        let accepted = Array(Set(endpoints).sorted().prefix(ZeroMQLimits.endpoints))
        state.withLock { $0.endpoints = accepted }
        wakeUp.signal()
    }

    /// Hands over a message of one or more frames. False: the queue is full and it was dropped.
    @discardableResult
    package func publish(_ frames: [[UInt8]]) -> Bool { publish(all: [frames]) == 1 }

    /// Hands over messages, and wakes the sockets' thread once for all of them. Returns how many were taken; the others were dropped.
    package func publish(all messages: [[[UInt8]]]) -> Int {
        let (taken, wasEmpty) = state.withLock { state in
            let before = state.messages.count
            for frames in messages { state.add(frames, messagesMax: queueMessagesMax) }
            return (state.messages.count - before, before == 0)
        }
        if taken < messages.count { dropped.wrappingAdd(messages.count - taken, ordering: .relaxed) }
        if taken > 0, wasEmpty { wakeUp.signal() }  // the thread takes all that is there at once
        return taken
    }

    /// Sends until graceful shutdown or cancellation, then what is queued, then closes. To be called once.
    package func run() async throws {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { throw ZeroMQError.misuse("a publisher runs once") }
        await withTaskCancellationOrGracefulShutdownHandler {
            await onOwnThread(named: "zmq-publisher") { self.work() }
        } onCancelOrGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.wakeUp.signal()
        }
    }
}

// MARK: - On the sockets' thread
extension ZeroMQPublisher {
    private func work() {
        let context: Context
        do { context = try Context() } catch {
            return logger.error("publisher cannot start", metadata: ["reason": "\(error)"])
        }
        var sockets: [(endpoint: String, socket: Socket)] = []
        var wanted: [String] = []
        while true {
            let (messages, endpoints, isStopping) = state.withLock { state in
                defer {
                    state.messages.removeAll(keepingCapacity: state.messages.capacity <= 1_024)
                    state.byteCount = 0
                }
                return (state.messages, state.endpoints, state.isStopping)
            }
            if endpoints != wanted { connect(&sockets, to: endpoints, in: context) }
            wanted = endpoints
            for message in messages { send(message, to: sockets) }
            if isStopping { return }
            if messages.isEmpty { wakeUp.wait(for: sockets.map(\.socket)) }
        }
    }

    private func connect(
        _ sockets: inout [(endpoint: String, socket: Socket)], to endpoints: [String], in context: Context
    ) {
        sockets.removeAll { !endpoints.contains($0.endpoint) }
        for endpoint in endpoints where !sockets.contains(where: { $0.endpoint == endpoint }) {
            do {
                let socket = try Socket(.publisher, in: context, highWaterMark: highWaterMark, curve: curve)
                try socket.connect(endpoint)
                sockets.append((endpoint, socket))
            } catch {
                logger.warning("cannot publish to \(endpoint)", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func send(_ message: [[UInt8]], to sockets: [(endpoint: String, socket: Socket)]) {
        for (endpoint, socket) in sockets {
            switch socket.send(message) {
            case .sent: continue
            case .full: skipped.wrappingAdd(1, ordering: .relaxed)
            case .failed(let reason):
                skipped.wrappingAdd(1, ordering: .relaxed)
                logger.warning("a message to \(endpoint) was not sent", metadata: ["reason": "\(reason)"])
            }
        }
    }
}
