internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOWebSocket
package import ListCRDT

/// One live WebSocket that follows one list. Lives as long as `run` does.
package struct LiveConnection: Sendable {
    static let frameBytesMax = 16 << 20
    /// The server speaks at least this often; silence for longer means that the connection is dead.
    static let silenceMax = Duration.seconds(50)

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    private let address: String
    private let token: String

    package init(address: String, token: String) {
        self.address = address
        self.token = token
    }

    /// Follows a list until the connection ends, and throws `DeviceError` saying why.
    ///
    /// - Parameter handle: is told each message, one after the other.
    package func run(
        following list: DocumentID, since context: Context, handle: (LiveMessage) async throws -> Void
    ) async throws {
        let channel = try await connect()
        try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(Self.frame(try LiveMessage.token(token)))
            try await outbound.write(Self.frame(try LiveMessage.follow(list, since: context)))
            for try await frame in inbound {
                switch frame.opcode {
                case .text: try await handle(try LiveMessage(json: String(buffer: frame.unmaskedData)))
                case .ping: try await outbound.write(Self.frame(opcode: .pong, frame.unmaskedData))
                case .connectionClose: throw Self.ended(frame)
                default: break
                }
            }
        }
        throw DeviceError.tryAgain("live_ended", "The live connection ended.")
    }

    private static func ended(_ frame: WebSocketFrame) -> DeviceError {
        var data = frame.unmaskedData
        _ = data.readWebSocketErrorCode()
        return .tryAgain("live_ended", "The server closed the live connection. \(String(buffer: data))")
    }

    private static func frame(_ text: String) -> WebSocketFrame {
        frame(opcode: .text, ByteBuffer(string: text))
    }

    private static func frame(opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }

    private func connect() async throws -> Frames {
        guard let url = URLComponents(string: address), let host = url.host else {
            throw DeviceError.refused("live_address", "“\(address)” is not the address of a live connection.")
        }
        let secure = url.scheme == "wss"
        let path = url.path.isEmpty ? "/" : url.path
        let port = url.port ?? (secure ? 443 : 80)
        let tls = secure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        do {
            let upgraded: EventLoopFuture<Frames?> = try await ClientBootstrap(
                group: .singletonMultiThreadedEventLoopGroup
            )
            .connectTimeout(.seconds(5))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Self.configure(channel, tls, host: host, port: port, path) }
            }
            if let frames = try await upgraded.get() { return frames }
        } catch {
            throw DeviceError.tryAgain("live_unreachable", "The live connection to \(host):\(port) cannot be made.")
        }
        throw DeviceError.tryAgain("live_refused", "The server at \(host):\(port) refused the live connection.")
    }

    private static func configure(
        _ channel: any Channel, _ tls: NIOSSLContext?, host: String, port: Int, _ path: String
    ) throws -> EventLoopFuture<Frames?> {
        if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: host))
        }
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(maxFrameSize: frameBytesMax) { channel, _ in
            channel.eventLoop.makeCompletedFuture { try Self.upgraded(channel) }
        }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path,
            headers: ["Host": "\(host):\(port)", "Content-Length": "0"])
        let configuration = NIOTypedHTTPClientUpgradeConfiguration<Frames?>(
            upgradeRequestHead: head, upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in channel.eventLoop.makeSucceededFuture(nil) })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(upgradeConfiguration: configuration))
    }

    private static func upgraded(_ channel: any Channel) throws -> Frames? {
        try channel.pipeline.syncOperations.addHandlers(
            IdleStateHandler(readTimeout: TimeAmount(silenceMax)), SilenceHandler(),
            NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024, maxAccumulatedFrameSize: frameBytesMax))
        return try Frames(wrappingChannelSynchronously: channel)
    }
}

/// Closes a connection on which nothing has arrived for too long.
private final class SilenceHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }
}
