import CLibZMQ

/// Owns a ZeroMQ context; ends when the last of its sockets did. Ending waits for them to linger, at most their linger
/// time.
final class Context {
    fileprivate let raw: UnsafeMutableRawPointer

    init() throws(ZeroMQError) {
        guard let raw = zmq_ctx_new() else { throw .unavailable(lastErrorText()) }
        self.raw = raw
    }

    deinit {
        while zmq_ctx_term(raw) != 0, zmq_errno() == EINTR {}
    }
}

/// Owns one socket and keeps its context.
final class Socket: @unchecked Sendable {  // guard: one thread at a time uses it, its maker's, then the one of `run()`
    enum Kind {
        case publisher
        case subscriber
    }

    enum SendOutcome {
        case sent
        /// The peer has as many waiting as its high-water mark allows.
        case full
        case failed(String)
    }

    let raw: UnsafeMutableRawPointer
    private let context: Context

    init(_ kind: Kind, in context: Context, highWaterMark: Int, curve: CurveRole?) throws(ZeroMQError) {
        guard let raw = zmq_socket(context.raw, kind == .publisher ? ZMQ_PUB : ZMQ_SUB) else {
            throw .unavailable(lastErrorText())
        }
        self.raw = raw
        self.context = context
        let mark = Int32(clamping: highWaterMark)
        try set(ZMQ_LINGER, ZeroMQLimits.lingerMilliseconds)
        try set(ZMQ_RECONNECT_IVL, ZeroMQLimits.reconnectMilliseconds)
        try set(ZMQ_RECONNECT_IVL_MAX, ZeroMQLimits.reconnectMillisecondsMax)
        try set(ZMQ_HEARTBEAT_IVL, ZeroMQLimits.heartbeatMilliseconds)
        try set(ZMQ_HEARTBEAT_TIMEOUT, 3 * ZeroMQLimits.heartbeatMilliseconds)
        // A subscriber's subscriptions obey its send mark: with any limit some would be lost without a word.
        try set(ZMQ_SNDHWM, kind == .publisher ? mark : 0)
        try set(ZMQ_RCVHWM, kind == .subscriber ? mark : 0)
        if kind == .publisher { try set(ZMQ_XPUB_NODROP, 1) }
        if kind == .subscriber { try set(Int64(ZeroMQLimits.frameBytes), for: ZMQ_MAXMSGSIZE) }
        if let curve { try secure(curve) }
    }

    deinit {
        zmq_close(raw)
    }

    func bind(_ endpoint: String) throws(ZeroMQError) {
        guard zmq_bind(raw, endpoint) == 0 else { throw failure(to: "bind", endpoint) }
    }

    func connect(_ endpoint: String) throws(ZeroMQError) {
        guard zmq_connect(raw, endpoint) == 0 else { throw failure(to: "connect to", endpoint) }
    }

    /// The address bound to, with its real port.
    func lastEndpoint() throws(ZeroMQError) -> String {
        var text = [UInt8](repeating: 0, count: 256)
        var length = text.count
        guard zmq_getsockopt(raw, ZMQ_LAST_ENDPOINT, &text, &length) == 0 else { throw .unavailable(lastErrorText()) }
        return String(decoding: text.prefix(max(0, length - 1)), as: UTF8.self)
    }

    func subscribe(_ prefix: String) throws(ZeroMQError) {
        try set(Array(prefix.utf8), for: ZMQ_SUBSCRIBE)
    }

    func unsubscribe(_ prefix: String) throws(ZeroMQError) {
        try set(Array(prefix.utf8), for: ZMQ_UNSUBSCRIBE)
    }

    private func failure(to verb: String, _ endpoint: String) -> ZeroMQError {
        let text = "cannot \(verb) \(endpoint): \(lastErrorText())"
        return [EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO].contains(zmq_errno()) ? .misuse(text) : .unavailable(text)
    }
}

// MARK: - Options
extension Socket {
    private func secure(_ role: CurveRole) throws(ZeroMQError) {
        guard CurveKeyPair.isCurveSupported else { throw .misuse("this build of libzmq has no CURVE") }
        switch role {
        case .server(let keys):
            try set(ZMQ_CURVE_SERVER, 1)
            try set(keys, serverPublicKey: nil)
        case .client(let keys, let serverPublicKey):
            try set(keys, serverPublicKey: serverPublicKey)
        }
    }

    private func set(_ keys: CurveKeyPair, serverPublicKey: String?) throws(ZeroMQError) {
        try set(Array(keys.publicKey.utf8) + [0], for: ZMQ_CURVE_PUBLICKEY)
        try set(Array(keys.secretKey.utf8) + [0], for: ZMQ_CURVE_SECRETKEY)
        if let serverPublicKey { try set(Array(serverPublicKey.utf8) + [0], for: ZMQ_CURVE_SERVERKEY) }
    }

    private func set(_ option: Int32, _ value: Int32) throws(ZeroMQError) {
        try check(withUnsafeBytes(of: value) { zmq_setsockopt(raw, option, $0.baseAddress, $0.count) }, option)
    }

    private func set(_ value: Int64, for option: Int32) throws(ZeroMQError) {
        try check(withUnsafeBytes(of: value) { zmq_setsockopt(raw, option, $0.baseAddress, $0.count) }, option)
    }

    private func set(_ value: [UInt8], for option: Int32) throws(ZeroMQError) {
        try check(value.withUnsafeBytes { zmq_setsockopt(raw, option, $0.baseAddress, $0.count) }, option)
    }

    private func check(_ status: Int32, _ option: Int32) throws(ZeroMQError) {
        guard status == 0 else { throw .misuse("socket option \(option) was refused: \(lastErrorText())") }
    }
}

// MARK: - Messages
extension Socket {
    /// Never waits.
    func send(_ frames: [[UInt8]]) -> SendOutcome {
        for (index, frame) in frames.enumerated() {
            let more = index < frames.count - 1 ? ZMQ_SNDMORE : 0
            let sent = frame.withUnsafeBytes { zmq_send(raw, $0.baseAddress, $0.count, ZMQ_DONTWAIT | more) }
            guard sent < 0 else { continue }
            return zmq_errno() == EAGAIN ? .full : .failed(lastErrorText())
        }
        return .sent
    }

    /// The next message, whole; nil when there is none now. One of too many frames comes back empty.
    func receive() -> [[UInt8]]? {
        var frames: [[UInt8]] = []
        var count = 0
        while true {
            guard let (frame, isLast) = receiveFrame() else { return nil }
            count += 1
            if count <= ZeroMQLimits.framesInMessage { frames.append(frame) }
            if isLast { return count <= ZeroMQLimits.framesInMessage ? frames : [] }
        }
    }

    private func receiveFrame() -> (frame: [UInt8], isLast: Bool)? {
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        while zmq_msg_recv(&message, raw, ZMQ_DONTWAIT) < 0 {
            guard zmq_errno() == EINTR else { return nil }
        }
        let bytes = UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))
        return (Array(bytes), zmq_msg_more(&message) == 0)
    }
}

private func lastErrorText() -> String {
    zmq_strerror(zmq_errno()).map { String(cString: $0) } ?? "unknown error"
}
