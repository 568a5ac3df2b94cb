internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection that has us wait too long: for the rest of a request after its first byte, however busily it
/// trickles, for an answer to be taken, and for a next request. A request that is there at once and an answer that is
/// taken at once cost no timer. Keeps the connection's seat as well.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let room: ConnectionRoom
    private var seat: ConnectionRoom.Seat?
    /// Requests that are complete and not answered; less than none where the answer came first.
    private var requestsOpen = 0
    /// Whether something came that is no complete request yet.
    private var isPartial = true
    /// When bytes came last, or an answer left.
    private var quietSince: UInt64 = 0
    private var quietAlarm: Scheduled<Void>?
    private var requestAlarm: Scheduled<Void>?
    private var answerAlarm: Scheduled<Void>?

    init(room: ConnectionRoom) { self.room = room }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        quietSince = Self.now
        seat = room.take(now: quietSince) { channel.close(promise: nil) }
        watchQuiet(for: GatewayLimits.idleTime, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        quietAlarm?.cancel()
        requestAlarm?.cancel()
        answerAlarm?.cancel()
        if let seat { room.leave(seat) }
        seat = nil
    }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    /// One timer a connection, which looks when it rings how long it has been quiet: requests do not touch it.
    private func watchQuiet(for time: TimeAmount, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        quietAlarm = context.eventLoop.scheduleTask(in: time) {
            let (watch, context) = bound.value
            guard watch.requestsOpen <= 0 else { return watch.watchQuiet(for: GatewayLimits.idleTime, context) }
            let left = GatewayLimits.idleTime - .nanoseconds(Int64(Self.now - watch.quietSince))
            if left <= .zero { context.close(promise: nil) } else { watch.watchQuiet(for: left, context) }
        }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) {
            isPartial = false
            requestAlarm?.cancel()
            requestAlarm = nil
            requestsOpen += 1
            if requestsOpen > 0 { seat?.works() }
        } else {
            isPartial = true
        }
        context.fireChannelRead(data)
    }

    /// Bytes have come. Those of a head that is not complete do not show as parts.
    func channelReadComplete(context: ChannelHandlerContext) {
        quietSince = Self.now
        if isPartial, requestAlarm == nil {
            let channel = context.channel
            requestAlarm = context.eventLoop.scheduleTask(in: GatewayLimits.requestTime) { channel.close(promise: nil) }
        }
        isPartial = true
        context.fireChannelReadComplete()
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            requestsOpen -= 1
            quietSince = Self.now
            if requestsOpen <= 0 { seat?.waits(since: quietSince) }
        }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        answerAlarm?.cancel()
        answerAlarm = nil
        if !context.channel.isWritable { awaitTaking(Self.left(context), context) }
        context.fireChannelWritabilityChanged()
    }

    private func awaitTaking(_ before: Int, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        answerAlarm = context.eventLoop.scheduleTask(in: GatewayLimits.answerTime) {
            let (watch, context) = bound.value
            let left = Self.left(context)
            guard before - left >= GatewayLimits.answerBytesMin else { return context.close(promise: nil) }
            watch.awaitTaking(left, context)
        }
    }

    /// Bytes that the client has not taken yet.
    private static func left(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
