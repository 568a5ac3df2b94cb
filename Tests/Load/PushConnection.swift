import Foundation
import ListCRDT
import NIOCore
import Synchronization
import SyncProtocol
import TestStack
import TestSupport

/// What one connection is to do.
struct PushOrders: Sendable {
    enum Pace: Sendable {
        /// The next push goes when the last one was answered.
        case closedLoop
        /// One each interval, the first after a delay, whether the last one was answered or not; each is timed from when it was due.
        case every(TimeAmount, after: TimeAmount)
    }

    var pace = Pace.closedLoop
    var editsPerPush = 1
    var pushesMax = Int.max
    /// Answers before this do not count.
    var measuredFrom: NIODeadline
    var until: NIODeadline
    var port: Int
    var journal: Journal?
}

/// When each edit was due, and how long it took until it was seen elsewhere.
final class Journal: Sendable {
    private struct State {
        var dues: [Dot: NIODeadline] = [:]
        var times = Distribution()
    }

    private let state = Mutex(State())

    var times: Distribution { state.withLock { $0.times } }
    var unseenCount: Int { state.withLock { $0.dues.count } }

    func note(_ dot: Dot, due: NIODeadline) { state.withLock { $0.dues[dot] = due } }

    func see(_ dots: Context) {
        let now = NIODeadline.now()
        state.withLock { state in
            for (replica, range) in dots.ranges {
                for counter in range {
                    guard let due = state.dues.removeValue(forKey: Dot(replica, counter)) else { continue }
                    state.times.record(UInt64(clamping: (now - due).nanoseconds))
                }
            }
        }
    }
}

/// What came of it.
struct PushResult: Sendable {
    var latencies = Distribution()
    var edits = 0
    /// Answers that were not `ok`, by status.
    var failures: [String: Int] = [:]

    mutating func merge(_ other: PushResult) {
        latencies.merge(other.latencies)
        edits += other.edits
        failures.merge(other.failures) { $0 + $1 }
    }
}

/// A device's HTTP connection under load: edits its lists in turn, pushes, takes the answer over. One push is under way at a time.
final class PushConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let orders: PushOrders
    /// Of every push, but for the length.
    private let head: String
    private var editors: [Editor]
    private var turn = 0
    private var pushes = 0
    private let done: EventLoopPromise<(PushResult, [Editor])>
    private var result = PushResult()
    private var answers = AnswerReader()
    private var pushed = Delta(kind: .list)
    private var dueAt = NIODeadline.uptimeNanoseconds(0)
    private var isWaiting = false

    init(
        _ editors: [Editor], token: String, orders: PushOrders, done: EventLoopPromise<(PushResult, [Editor])>
    ) {
        self.editors = editors
        head = """
            POST /v1/sync HTTP/1.1\r
            Host: 127.0.0.1:\(orders.port)\r
            Authorization: Bearer \(token)\r
            Content-Type: \(SyncFormat.mediaType)\r
            Accept: \(SyncFormat.mediaType)\r
            Content-Length: 
            """
        self.orders = orders
        self.done = done
    }

    func channelActive(context: ChannelHandlerContext) {
        dueAt = .now()
        guard case .every(_, let delay) = orders.pace else { return push(context) }
        dueAt = dueAt + delay
        pushWhenDue(context)
    }

    private func pushWhenDue(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: dueAt) { bound.value.0.push(bound.value.1) }
    }

    private func push(_ context: ChannelHandlerContext) {
        guard NIODeadline.now() < orders.until, pushes < orders.pushesMax else { return end(context) }
        pushes += 1
        turn = (turn + 1) % editors.count
        editors[turn].work(orders.editsPerPush)
        let device = editors[turn].device
        orders.journal?.note(Dot(device.replica, device.counter), due: dueAt)
        send(context)
    }

    private func send(_ context: ChannelHandlerContext) {
        pushed = editors[turn].device.pending
        let bytes = editors[turn].device.request().encoded()
        isWaiting = true
        var request = context.channel.allocator.buffer(capacity: head.utf8.count + bytes.count + 16)
        request.writeString(head)
        request.writeString("\(bytes.count)\r\n\r\n")
        request.writeBytes(bytes)
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        answers.take(&bytes)
        do {
            while let answer = try answers.next() { answered(answer.status, answer.body, context) }
        } catch { errorCaught(context: context, error: error) }
    }

    private func answered(_ status: Int, _ body: ByteBuffer, _ context: ChannelHandlerContext) {
        isWaiting = false
        let now = NIODeadline.now()
        let answer = status == 200 ? try? SyncResponse(decoding: Array(body.readableBytesView)) : nil
        let isTaken = answer?.documents.first.map { editors[turn].device.take($0, pushed: pushed) } ?? false
        if now >= orders.measuredFrom, now <= orders.until {
            if isTaken {
                result.latencies.record(UInt64((now - dueAt).nanoseconds))
                result.edits += orders.editsPerPush
            } else {
                result.failures[answer?.documents.first?.status.name ?? "HTTP \(status)", default: 0] += 1
            }
        }
        next(context, now)
    }

    private func next(_ context: ChannelHandlerContext, _ now: NIODeadline) {
        switch orders.pace {
        case .closedLoop:
            dueAt = now
            push(context)
        case .every(let interval, _):
            dueAt = dueAt + interval
            guard dueAt > now else { return push(context) }
            pushWhenDue(context)
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        done.succeed((result, editors))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(TestSupportError("the gateway closed a connection\(isWaiting ? " with a push under way" : "")"))
    }
}
