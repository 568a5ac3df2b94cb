import Foundation
import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves `/healthz` (200: alive), `/readyz` (200, or 503 naming what is missing) and `/metrics` on a port of its own,
/// which is meant for operators, not for the internet.
package struct HealthServer: Service {
    private struct Report: Encodable {
        let ready: Bool
        let missing: [String: String]
    }

    private let listen: HostPort
    private let registry: MetricsRegistry
    private let readiness: Readiness
    private let logger: Logger
    private let port = OneShot<Int>()

    package init(listen: HostPort, registry: MetricsRegistry, readiness: Readiness, logger: Logger) {
        self.listen = listen
        self.registry = registry
        self.readiness = readiness
        self.logger = logger
    }

    /// Waits until the server listens. Throws if it cannot.
    package func boundPort() async throws -> Int {
        try await port.value()
    }

    package func run() async throws {
        // Nothing that this server does in its life is worth more than a debug line.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let app = Application(
            router: router(),
            configuration: .init(address: .hostname(listen.host, port: listen.port)),
            onServerRunning: { channel in
                let bound = channel.localAddress?.port ?? listen.port
                logger.info("health server listens", metadata: ["host": "\(listen.host)", "port": "\(bound)"])
                port.settle(.success(bound))
            },
            eventLoopGroupProvider: .shared(ServiceThread.shared.loop), logger: quiet)
        do {
            try await app.run()
            port.settle(.failure(CancellationError()))
        } catch {
            port.settle(.failure(error))
            throw HealthServerFailure(listen: listen, reason: "\(error)")
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/healthz") { _, _ in Self.response(.ok, "text/plain; charset=utf-8", "alive\n") }
        router.get("/readyz") { _, _ in try ready() }
        router.get("/metrics") { _, _ in
            Self.response(.ok, PrometheusText.contentType, registry.render() + ProcessMetrics.render())
        }
        return router
    }

    private func ready() throws -> Response {
        let missing = readiness.missing
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(Report(ready: missing.isEmpty, missing: missing))
        return Self.response(
            missing.isEmpty ? .ok : .serviceUnavailable, "application/json",
            String(decoding: body, as: UTF8.self) + "\n")
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

package struct HealthServerFailure: Error, CustomStringConvertible {
    let listen: HostPort
    let reason: String

    package var description: String {
        "The health server cannot serve on \(listen) (\(reason)). Choose another with --health-listen or "
            + "LARDER_HEALTH_LISTEN; port 0 takes a free one."
    }
}
