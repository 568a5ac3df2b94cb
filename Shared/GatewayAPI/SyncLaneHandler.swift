internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes
internal import Observability

/// Answers on the connection itself what `SyncLane` takes: the one request that devices make all the time. The framework's streams,
/// router and middleware cost as much as that request's own work. Whatever is unusual about a request, and whatever comes while the
/// framework has one of this connection, goes to the framework, and is answered there alike.
///
/// One request is in the lane at a time: what comes behind it is held, and then no more is read.
final class SyncLaneHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        /// No request is in the lane.
        case empty
        case collecting(HTTPRequest, ByteBuffer)
        case answering
    }

    /// What comes while a request is being answered.
    private enum Arrival {
        case part(HTTPRequestPart)
        case event(Any)
        case error(any Error)
    }

    private let lane: SyncLane
    private var state = State.empty
    /// Requests that the framework has and has not answered.
    private var elsewhere = 0
    private var held = CircularBuffer<Arrival>()
    private var isReadHeld = false
    /// The lane is being given a request: an answer that it has at once is written when that is over.
    private var isHandingOver = false

    init(_ lane: SyncLane) { self.lane = lane }

    private var isAnswering: Bool { if case .answering = state { true } else { false } }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { arrive(.part(unwrapInboundIn(data)), context) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) { arrive(.event(event), context) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { arrive(.error(error), context) }

    private func arrive(_ arrival: Arrival, _ context: ChannelHandlerContext) {
        if isAnswering { return held.append(arrival) }
        switch arrival {
        case .part(let part): take(part, context)
        case .event(let event):
            // The server stops, or no more comes: a request that is not complete is the framework's to wait for or to refuse.
            giveUp(context)
            context.fireUserInboundEventTriggered(event)
        case .error(let error):
            giveUp(context)
            context.fireErrorCaught(error)
        }
    }

    /// The framework gets what has come of a request.
    private func giveUp(_ context: ChannelHandlerContext) {
        guard case .collecting(let head, let body) = state else { return }
        state = .empty
        elsewhere += 1
        context.fireChannelRead(wrapInboundOut(.head(head)))
        context.fireChannelRead(wrapInboundOut(.body(body)))
        context.fireChannelReadComplete()
    }

    private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
        switch (state, part) {
        case (.empty, .head(let head)):
            guard elsewhere == 0, lane.takes(head) else {
                elsewhere += 1
                return context.fireChannelRead(wrapInboundOut(part))
            }
            state = .collecting(head, ByteBuffer())
        case (.collecting(let head, var body), .body(var more)):
            state = .empty
            if body.readableBytes == 0 { body = more } else { body.writeBuffer(&more) }
            state = .collecting(head, body)
        case (.collecting(let head, let body), .end):
            state = .answering
            answer(head, body, context)
        case (.empty, _), (.collecting, .head), (.answering, _):
            context.fireChannelRead(wrapInboundOut(part))
        }
    }

    private func answer(_ head: HTTPRequest, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        let loop = context.eventLoop
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: loop)
        isHandingOver = true
        lane.answer(head, body) { answer in
            if loop.inEventLoop, !bound.value.handler.isHandingOver {
                bound.value.handler.write(answer, bound.value.context)
            } else {
                loop.execute { bound.value.handler.write(answer, bound.value.context) }
            }
        }
        isHandingOver = false
    }

    private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
        state = .empty
        let head = HTTPResponse(status: answer.status, headerFields: answer.headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(answer.body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if !held.isEmpty {
            while !isAnswering, let arrival = held.popFirst() { arrive(arrival, context) }
            // The framework takes parts in when a reading is complete.
            context.fireChannelReadComplete()
        }
        guard !isAnswering, isReadHeld else { return }
        isReadHeld = false
        context.read()
    }

    func read(context: ChannelHandlerContext) {
        // To stop reading and to begin again is two calls of the system: not for those who wait for their answer.
        if isAnswering, !held.isEmpty { isReadHeld = true } else { context.read() }
    }

    // MARK: The framework's answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), elsewhere > 0 { elsewhere -= 1 }
        context.write(data, promise: promise)
    }
}
