internal import NIOCore

/// One TCP connection's life, on its event loop: greets, writes requests, hands each reply to the oldest one in flight.
///
/// It ends once, by `end(_:)`, whatever the cause; then every request in flight is `.indefinite`.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct InFlight {
        let request: Request
        let deadline: NIODeadline
    }

    private let connection: KeptConnection
    private let attempt: Int
    private var greetingLeft = 0
    private var greeting: Scheduled<Void>?
    private var reader: ReplyReader
    private var context: ChannelHandlerContext?
    private var inFlight = CircularBuffer<InFlight>(initialCapacity: 64)
    /// Replies so far to the oldest request, when that is a pipeline.
    private var collected: [RedisValue] = []
    private var settledCommands = 0
    private var settledBytes = 0
    private var ended = false

    init(connection: KeptConnection, attempt: Int) throws(ProtocolFailure) {
        guard let reader = ReplyReader() else { throw ProtocolFailure(message: "no memory for a reader") }
        self.reader = reader
        self.connection = connection
        self.attempt = attempt
    }

    // MARK: From the channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let commands = connection.configuration.greeting(name: connection.name)
        greetingLeft = commands.count
        let connectMax = connection.configuration.limits.connectMax
        greeting = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(connectMax)) { [weak self] in
            self?.end(.lost("no answer to the log-in within \(connectMax)"))
        }
        var buffer = context.channel.allocator.buffer(capacity: 256)
        for command in commands { command.write(into: &buffer) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(ProtocolFailure) {
            try unwrapInboundIn(data).withUnsafeReadableBytes { bytes throws(ProtocolFailure) in
                try reader.read(bytes) { receive($0) }
            }
        } catch {
            end(.lost("its answer is not the Redis protocol: \(error.message)"))
        }
        settle()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.lost("the connection was closed"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.lost("\(error)"))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { connection.write() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: From the connection

    var canWrite: Bool { !ended && context?.channel.isWritable == true }

    /// All in one write.
    func write(_ requests: [Request], now: NIODeadline) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: requests.reduce(0) { $0 + $1.byteCount })
        for request in requests {
            guard request.beginSending() else {
                settled(request)
                continue
            }
            switch request.payload {
            case .one(let command): command.write(into: &buffer)
            case .many(let commands): for command in commands { command.write(into: &buffer) }
            }
            inFlight.append(InFlight(request: request, deadline: now + request.answerMax))
        }
        if buffer.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(buffer), promise: nil) }
        settle()
    }

    /// Answers come in order, so the oldest request's deadline is the connection's.
    func checkDeadline(now: NIODeadline) {
        guard let oldest = inFlight.first, oldest.deadline <= now else { return }
        end(.lost("no answer within \(Duration.nanoseconds(oldest.request.answerMax.nanoseconds))"))
    }

    func end(_ cause: KeptConnection.End) {
        guard !ended else { return }
        ended = true
        greeting?.cancel()
        for each in inFlight {
            each.request.resolve(.failure(.indefinite(cause.description)))
            settled(each.request)
        }
        inFlight.removeAll()
        settle()
        context?.close(promise: nil)
        context = nil
        connection.ended(attempt: attempt, cause)
    }

    // MARK: Replies

    private func receive(_ reply: RedisValue) {
        guard !ended else { return }
        if greetingLeft > 0 { return greeted(reply) }
        guard let oldest = inFlight.first?.request else { return end(.lost("it answered what nobody asked")) }
        switch oldest.payload {
        case .one:
            if case .error(let message) = reply {
                oldest.resolve(.failure(.server(message)))
            } else {
                oldest.resolve(.success(reply))
            }
        case .many(let commands):
            collected.append(reply)
            guard collected.count == commands.count else { return }
            oldest.resolve(.success(.array(collected)))
            collected = []
        }
        inFlight.removeFirst()
        settled(oldest)
    }

    private func greeted(_ reply: RedisValue) {
        if case .error(let message) = reply { return end(.greetingFailed(message)) }
        greetingLeft -= 1
        guard greetingLeft == 0 else { return }
        greeting?.cancel()
        connection.opened(attempt: attempt, self)
    }

    private func settled(_ request: Request) {
        settledCommands += request.commandCount
        settledBytes += request.byteCount
    }

    /// The account is kept once a read, not once a reply.
    private func settle() {
        guard settledCommands > 0 else { return }
        connection.settle(commands: settledCommands, bytes: settledBytes)
        (settledCommands, settledBytes) = (0, 0)
    }
}
