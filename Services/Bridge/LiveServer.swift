import Accounts
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Observability
import ServiceLifecycle
import Synchronization

/// Accepts WebSockets on `/v1/live`. Every other request is answered 404 and closed.
final class LiveServer: Service {
    /// Connections at once; one more is closed as it comes.
    static let connectionsMax = 20_000
    /// From connecting to the end of the request for an upgrade.
    static let arrivalTime = TimeAmount.seconds(10)
    private static let path = "/v1/live"

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// A connection, and the WebSocket it becomes; nil: it asked for something else.
    private struct Arrival {
        let channel: any Channel
        let upgrade: EventLoopFuture<Frames?>
    }

    private let listener: NIOAsyncChannel<Arrival, Never>
    private let lobby = Lobby()
    private let hub: LiveHub
    private let verifier: AccessTokenVerifier
    private let logger: Logger
    private let open = Mutex(0)

    var port: Int { listener.channel.localAddress?.port ?? 0 }

    private init(
        _ listener: NIOAsyncChannel<Arrival, Never>, hub: LiveHub, verifier: AccessTokenVerifier,
        logger: Logger
    ) {
        self.listener = listener
        self.hub = hub
        self.verifier = verifier
        self.logger = logger
    }

    static func bind(
        _ address: HostPort, hub: LiveHub, verifier: AccessTokenVerifier, logger: Logger
    ) async throws -> LiveServer {
        let listener = try await ServerBootstrap(group: ServiceThread.shared.loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    Arrival(channel: channel, upgrade: try configure(channel))
                }
            }
        logger.info(
            "live server listens",
            metadata: ["host": "\(address.host)", "port": "\(listener.channel.localAddress?.port ?? 0)"])
        return LiveServer(listener, hub: hub, verifier: verifier, logger: logger)
    }

    private static func configure(_ channel: any Channel) throws -> EventLoopFuture<Frames?> {
        // Who falls silent for so long (a ping goes out every 20 s) is gone.
        try channel.pipeline.syncOperations.addHandlers(
            IdleStateHandler(readTimeout: .seconds(60)), IdleCloser())
        let upgrader = NIOTypedWebSocketServerUpgrader<Frames?>(
            maxFrameSize: FrameAssembly.messageBytesMax,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(isLivePath(head.uri) ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeCompletedFuture { try upgraded(channel) } })
        let configuration = NIOTypedHTTPServerUpgradeConfiguration<Frames?>(upgraders: [upgrader]) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(NotFound())
                return nil
            }
        }
        return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: .init(upgradeConfiguration: configuration))
    }

    private static func isLivePath(_ uri: String) -> Bool { uri == path || uri.hasPrefix(path + "?") }

    private static func upgraded(_ channel: any Channel) throws -> Frames? {
        try channel.pipeline.syncOperations.addHandler(FrameGuard())
        return try Frames(wrappingChannelSynchronously: channel)
    }

    func run() async throws {
        let gauge = Gauge(label: "larder_live_connections")
        try await cancelWhenGracefulShutdown { [self] in
            try await withThrowingDiscardingTaskGroup { tasks in
                try await listener.executeThenClose { connections in
                    for try await arrival in connections {
                        let count = open.withLock { open in
                            open += 1
                            return open
                        }
                        gauge.record(count)
                        tasks.addTask {
                            if count <= Self.connectionsMax {
                                await self.serve(arrival)
                            } else {
                                try? await arrival.channel.close()
                            }
                            gauge.record(
                                self.open.withLock { open in
                                    open -= 1
                                    return open
                                })
                        }
                    }
                }
            }
        }
    }

    /// Until it has shown a token it stands in the lobby, and not for longer than a while.
    private func serve(_ arrival: Arrival) async {
        let channel = arrival.channel
        let place = lobby.enter { channel.close(promise: nil) }
        defer { lobby.leave(place) }
        let alarm = channel.eventLoop.scheduleTask(in: Self.arrivalTime) { channel.close(promise: nil) }
        do {
            let upgraded = try await withTaskCancellationHandler {
                try await arrival.upgrade.get()
            } onCancel: {
                channel.close(promise: nil)
            }
            alarm.cancel()
            guard let frames = upgraded else { return }
            try await frames.executeThenClose { inbound, outbound in
                let session = LiveSession(hub: hub, verifier: verifier) { [lobby] in lobby.leave(place) }
                await session.run(inbound, outbound)
            }
        } catch { logger.debug("A live connection broke", metadata: ["error": "\(error)"]) }
        alarm.cancel()
    }
}

/// Answers what asks for no upgrade.
private final class NotFound: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let body =
        #"{"error":{"code":"not_found","message":"Live updates are a WebSocket at /v1/live.","retryable":false}}"#

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head = unwrapInboundIn(data) else { return }
        let headers: HTTPHeaders = [
            "content-type": "application/json", "content-length": "\(Self.body.utf8.count)", "connection": "close",
        ]
        context.write(
            wrapOutboundOut(.head(.init(version: .http1_1, status: .notFound, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: Self.body)))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }
}

private final class IdleCloser: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}
