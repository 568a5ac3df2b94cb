package import Hummingbird
internal import NIOCore
package import Observability

/// What goes with a request on its way.
package struct GatewayContext: TracedRequestContext {
    package var coreContext: CoreRequestContextStorage
    package var trace = TraceID(rawValue: 0)
    private let peer: SocketAddress?

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress
    }

    /// The address the connection comes from; headers that claim another are not believed.
    var address: String { peer?.ipAddress ?? "unknown" }
}
