internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
package import Observability
internal import ServiceLifecycle

/// Serves the API over HTTP. A graceful stop accepts no more and finishes what was accepted.
package struct GatewayServer: Service {
    private let responder: RouterResponder<GatewayContext>
    private let lane: SyncLane
    private let listen: HostPort
    private let logger: Logger
    private let port = OneShot<Int>()

    package init(_ gateway: Gateway, listen: HostPort, logger: Logger) {
        responder = gateway.responder()
        lane = gateway.lane
        self.listen = listen
        self.logger = logger
    }

    /// Waits until the server listens. Throws if it cannot.
    package func boundAddress() async throws -> HostPort { HostPort(host: listen.host, port: try await port.value()) }

    package func run() async throws {
        let application = Application(
            responder: responder, server: .http1(configuration: channel),
            configuration: .init(
                address: .hostname(listen.host, port: listen.port), backlog: 1_024,
                availableConnectionsDelegate: .maximum(
                    GatewayLimits.connectionsMax + GatewayLimits.connectionsSpare, logger: logger)),
            onServerRunning: { channel in
                let bound = channel.localAddress?.port ?? listen.port
                logger.info("gateway listens", metadata: ["host": "\(listen.host)", "port": "\(bound)"])
                port.settle(.success(bound))
            },
            eventLoopGroupProvider: .shared(ServiceThread.shared.loop), logger: logger)
        do {
            try await application.run()
            port.settle(.failure(CancellationError()))
        } catch {
            port.settle(.failure(error))
            throw GatewayServerFailure(listen: listen, reason: "\(error)")
        }
    }

    private var channel: HTTP1Channel.Configuration {
        let (room, lane) = (ConnectionRoom(countMax: GatewayLimits.connectionsMax), lane)
        return .init(
            additionalChannelHandlers: [ConnectionWatch(room: room), SyncLaneHandler(lane)],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: GatewayLimits.headerBytesMax, maxHeaderListSize: GatewayLimits.headerBytesMax,
                maxHeaderFieldCount: 100))
    }
}

package struct GatewayServerFailure: Error, CustomStringConvertible {
    let listen: HostPort
    let reason: String

    package var description: String {
        "The gateway cannot serve on \(listen) (\(reason)). Choose another address with --listen or LARDER_LISTEN; "
            + "port 0 takes a free one."
    }
}
