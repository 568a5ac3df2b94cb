import NIOCore
import NIOWebSocket

/// Why a connection is closed for what it sends; its close code is RFC 6455's.
struct FrameFault: Error, Equatable {
    let code: WebSocketErrorCode
    let reason: String

    static func protocolError(_ reason: String) -> FrameFault { FrameFault(code: .protocolError, reason: reason) }
}

/// Makes whole messages of a device's frames, as RFC 6455 wants them: masked, without extensions, fragments in order.
///
/// Text and closes are valid UTF-8, and a message with all its fragments is within the bounds, or the frame is at fault.
struct FrameAssembly {
    /// One message, all its fragments together.
    static let messageBytesMax = 1 << 16
    static let fragmentsMax = 64

    private var text: ByteBuffer?
    private var fragments = 0

    /// The message that the frame completes: text, ping, pong or close, unmasked; nil: there is more to come.
    mutating func take(_ frame: WebSocketFrame) throws(FrameFault) -> WebSocketFrame? {
        guard frame.maskKey != nil else { throw .protocolError("frames of a client are masked") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { throw .protocolError("no extension was agreed on") }
        switch frame.opcode {
        case .ping, .pong: return WebSocketFrame(fin: true, opcode: frame.opcode, data: frame.unmaskedData)
        case .connectionClose: return try Self.close(frame.unmaskedData)
        case .text:
            guard text == nil else { throw .protocolError("a message in the middle of another") }
            return try add(frame, to: ByteBuffer())
        case .continuation:
            guard let text else { throw .protocolError("a continuation of nothing") }
            return try add(frame, to: text)
        case .binary: throw FrameFault(code: .unacceptableData, reason: "text frames only")
        default: throw .protocolError("an unknown opcode")
        }
    }

    private mutating func add(_ frame: WebSocketFrame, to begun: ByteBuffer) throws(FrameFault) -> WebSocketFrame? {
        var whole = begun
        var data = frame.unmaskedData
        whole.writeBuffer(&data)
        fragments += 1
        guard whole.readableBytes <= Self.messageBytesMax, fragments <= Self.fragmentsMax else {
            throw FrameFault(code: .messageTooLarge, reason: "at most \(Self.messageBytesMax) bytes a message")
        }
        text = frame.fin ? nil : whole
        guard frame.fin else { return nil }
        fragments = 0
        try Self.requireText(whole)
        return WebSocketFrame(fin: true, opcode: .text, data: whole)
    }

    /// A close is empty, or a code that a device may send, and a reason.
    private static func close(_ data: ByteBuffer) throws(FrameFault) -> WebSocketFrame {
        var rest = data
        if rest.readableBytes > 0 {
            guard let code = rest.readInteger(as: UInt16.self), mayBeSent(code) else {
                throw .protocolError("a close without a code that may be sent")
            }
            try requireText(rest)
        }
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }

    private static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    private static func requireText(_ bytes: ByteBuffer) throws(FrameFault) {
        guard String(validating: bytes.readableBytesView, as: UTF8.self) != nil else {
            throw FrameFault(code: .dataInconsistentWithMessage, reason: "text is UTF-8")
        }
    }
}

/// Passes whole messages on. At the first fault it says why, closes, and hears nothing more.
final class FrameGuard: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private var assembly = FrameAssembly()
    private var isClosing = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        do throws(FrameFault) {
            if let message = try assembly.take(unwrapInboundIn(data)) {
                context.fireChannelRead(wrapInboundOut(message))
            }
        } catch {
            isClosing = true
            assembly = FrameAssembly()
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(.closing(error.code, error.reason))).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }
}

extension WebSocketFrame {
    static func closing(_ code: WebSocketErrorCode, _ reason: String) -> WebSocketFrame {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        data.writeString(reason)
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }
}
