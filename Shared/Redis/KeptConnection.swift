internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A connection that is kept: opened when started, opened again when lost, until it is stopped.
///
/// Callers hand requests in from any thread; all else happens on one event loop. What is handed in while the loop is busy
/// goes out together in its next write.
final class KeptConnection: Sendable {
    /// Why a TCP connection ended.
    enum End: CustomStringConvertible {
        case lost(String)
        case greetingFailed(String)
        /// By our own wish: not a trouble.
        case dropped(String)

        var description: String {
            switch self {
            case .lost(let why), .greetingFailed(let why), .dropped(let why): why
            }
        }
    }

    private enum Phase {
        case idle
        case opening
        case open(RedisChannelHandler)
        case pausing
        case stopped
    }

    private struct Life {
        var phase = Phase.idle
        var started = false
        var attempt = 0
        var backoff: Backoff
        var deadlinesWatched = false
        var stop: (promise: EventLoopPromise<Void>, limit: Scheduled<Void>)?
    }

    let configuration: RedisConfiguration
    let name: String
    private let dropsWhenCancelled: Bool
    private let logger: Logger
    private let loop: any EventLoop
    private let outbox: Mutex<Outbox>
    private let life: NIOLoopBoundBox<Life>

    /// `dropsWhenCancelled`: cancelling a command under way drops the connection, so that the server ends it too.
    init(_ configuration: RedisConfiguration, name: String, dropsWhenCancelled: Bool, logger: Logger) {
        self.configuration = configuration
        self.name = name
        self.dropsWhenCancelled = dropsWhenCancelled
        var logger = logger
        logger[metadataKey: "redis"] = "\(configuration.address)"
        logger[metadataKey: "connection"] = "\(name)"
        self.logger = logger
        // That of the caller, if it runs on one: then an answer wakes its caller without a switch of threads.
        loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.next()
        outbox = Mutex(Outbox(limits: configuration.limits))
        life = .makeBoxSendingValue(Life(backoff: Backoff(limits: configuration.limits)), eventLoop: loop)
    }

    // MARK: From any thread

    /// Nil when connected, else why not.
    var trouble: String? { outbox.withLock { $0.trouble } }

    func start() {
        loop.execute {
            self.life.value.started = true
            self.open()
        }
    }

    func makeRequest(_ payload: Request.Payload, answerMax: Duration) -> Request {
        let waitMax = TimeAmount(configuration.limits.waitMax)
        return Request(payload, answerMax: TimeAmount(answerMax), unsentDeadline: .now() + waitMax)
    }

    nonisolated(nonsending) func perform(_ request: Request) async -> Request.Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if request.begin(continuation) { admit(request) }
            }
        } onCancel: {
            cancel(request)
        }
    }

    func cancel(_ request: Request) {
        guard request.cancel(), dropsWhenCancelled else { return }
        loop.execute { self.handler?.end(.dropped("the caller was cancelled")) }
    }

    /// New commands fail `.closed` from now; returns when those in hand are answered, or after `drainMax`.
    func stop(drainMax: Duration) async {
        outbox.withLock { $0.close() }
        let promise = loop.makePromise(of: Void.self)
        loop.execute { self.beginStopping(promise, drainMax: TimeAmount(drainMax)) }
        try? await promise.futureResult.get()
    }

    /// As `stop`, without waiting for anything.
    func close() {
        outbox.withLock { $0.close() }
        loop.execute { self.beginStopping(self.loop.makePromise(), drainMax: .zero) }
    }

    private func admit(_ request: Request) {
        switch outbox.withLock({ $0.admit(request) }) {
        case .accepted(let wake): if wake { loop.execute { self.write() } }
        case .refused(let error): request.resolve(.failure(error))
        }
    }
}

// MARK: On the event loop
extension KeptConnection {
    private var handler: RedisChannelHandler? {
        if case .open(let handler) = life.value.phase { handler } else { nil }
    }

    /// Writes what waits, if it can be written now.
    func write() {
        outbox.withLock { $0.writeBegins() }
        let now = NIODeadline.now()
        while let handler, handler.canWrite {
            let requests = outbox.withLock { $0.takeForWriting() }
            if requests.isEmpty { break }
            handler.write(requests, now: now)
        }
        if outbox.withLock({ $0.hasWaiting }) { open() }
        watchDeadlines()
    }

    func settle(commands: Int, bytes: Int) {
        let isEmpty = outbox.withLock { outbox in
            outbox.settle(commands: commands, bytes: bytes)
            return outbox.isEmpty
        }
        if isEmpty, life.value.stop != nil { finish() }
    }

    func opened(attempt: Int, _ handler: RedisChannelHandler) {
        guard attempt == life.value.attempt, case .opening = life.value.phase else {
            return handler.end(.dropped("superseded"))
        }
        life.value.phase = .open(handler)
        life.value.backoff.reset()
        outbox.withLock { $0.trouble = nil }
        logger.log(level: dropsWhenCancelled ? .debug : .info, "connected to Redis")
        write()
    }

    func ended(attempt: Int, _ end: End) {
        guard attempt == life.value.attempt else { return }
        switch life.value.phase {
        case .opening, .open: break
        case .idle, .pausing, .stopped: return
        }
        if case .dropped = end {
            life.value.phase = .idle
            return write()
        }
        note(end)
        var random = SystemRandomNumberGenerator()
        life.value.phase = .pausing
        loop.scheduleTask(in: TimeAmount(life.value.backoff.next(using: &random))) { self.pauseEnded() }
    }

    private func pauseEnded() {
        guard case .pausing = life.value.phase else { return }
        life.value.phase = .idle
        open()
    }

    private func open() {
        guard case .idle = life.value.phase, life.value.started else { return }
        life.value.phase = .opening
        life.value.attempt += 1
        let attempt = life.value.attempt
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.limits.connectMax))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: writeBytesMax / 2, high: writeBytesMax))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = try self.configuration.makeTLSHandler() {
                        try channel.pipeline.syncOperations.addHandler(tls)
                    }
                    let handler = try RedisChannelHandler(connection: self, attempt: attempt)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        connect(bootstrap).whenFailure { self.ended(attempt: attempt, .lost("cannot connect: \($0)")) }
    }

    /// An address needs no resolver, which is a thread's work.
    private func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
        if let address = configuration.socketAddress { return bootstrap.connect(to: address) }
        return bootstrap.connect(host: configuration.host, port: configuration.port)
    }

    /// A server that refuses us will not change its mind within a command's wait: those that wait are told at once.
    private func note(_ end: End) {
        let refused =
            if case .greetingFailed(let message) = end { refusals.contains(message.redisErrorCode) } else { false }
        let (isNew, waiting) = outbox.withLock { outbox in
            defer { outbox.trouble = end.description }
            return (outbox.trouble != end.description, refused ? outbox.takeAll() : [])
        }
        logger.log(level: isNew && !dropsWhenCancelled ? .warning : .debug, "no connection to Redis: \(end)")
        for request in waiting { request.resolve(.failure(.refused("\(configuration.address): \(end)"))) }
        settle(commands: 0, bytes: 0)
    }

    private func watchDeadlines() {
        guard !life.value.deadlinesWatched, outbox.withLock({ !$0.isEmpty }) else { return }
        life.value.deadlinesWatched = true
        loop.scheduleTask(in: .milliseconds(deadlineCheckMilliseconds)) { self.checkDeadlines() }
    }

    private func checkDeadlines() {
        life.value.deadlinesWatched = false
        let now = NIODeadline.now()
        let (expired, trouble) = outbox.withLock { ($0.takeExpired(now: now), $0.trouble) }
        let why =
            "\(configuration.address): \(trouble ?? "its connection takes no more"), for \(configuration.limits.waitMax)"
        for request in expired { request.resolve(.failure(.notSent(why))) }
        handler?.checkDeadline(now: now)
        if !expired.isEmpty { settle(commands: 0, bytes: 0) }
        watchDeadlines()
    }
}

// MARK: Stopping
extension KeptConnection {
    private func beginStopping(_ promise: EventLoopPromise<Void>, drainMax: TimeAmount) {
        if case .stopped = life.value.phase { return promise.succeed() }
        if let stop = life.value.stop { return stop.promise.futureResult.cascade(to: promise) }
        let limit = loop.scheduleTask(in: drainMax) { self.finish() }
        life.value.stop = (promise, limit)
        settle(commands: 0, bytes: 0)
    }

    private func finish() {
        guard let stop = life.value.stop else { return }
        let handler = handler
        life.value.stop = nil
        life.value.phase = .stopped
        handler?.end(.dropped("the client was stopped"))
        let waiting = outbox.withLock { outbox in
            outbox.trouble = "stopped"
            return outbox.takeAll()
        }
        for request in waiting { request.resolve(.failure(.closed)) }
        stop.limit.cancel()
        stop.promise.succeed()
    }
}

/// Codes of a greeting's refusal that waiting does not mend.
private let refusals: Set<String> = ["WRONGPASS", "NOAUTH", "NOPERM"]
