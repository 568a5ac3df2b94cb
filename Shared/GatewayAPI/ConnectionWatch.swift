internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection that has us wait too long: for the rest of a request after its first byte, however busily it
/// trickles, and for an answer to be taken. A request that is there at once and an answer that is taken at once cost no
/// timer. Keeps the connection's seat as well.
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
    private var requestAlarm: Scheduled<Void>?
    private var answerAlarm: Scheduled<Void>?

    init(room: ConnectionRoom) { self.room = room }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        seat = room.take(now: Self.now) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        requestAlarm?.cancel()
        answerAlarm?.cancel()
        if let seat { room.leave(seat) }
        seat = nil
    }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

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
            if requestsOpen <= 0 { seat?.waits(since: Self.now) }
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
