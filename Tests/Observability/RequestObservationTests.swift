import Foundation
import FoundationNetworking
import Hummingbird
import Logging
import Metrics
import Observability
import TestSupport
import Testing

private struct Context: TracedRequestContext {
    var coreContext: CoreRequestContextStorage
    var trace = TraceID(rawValue: 1)

    init(source: Source) {
        coreContext = .init(source: source)
    }
}

@Suite("Observed requests")
struct RequestObservationTests {
    private static let registry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()

    private let lines = Lines()

    private func whileServing(_ body: (Int) async throws -> Void) async throws {
        _ = Self.registry
        let router = Router(context: Context.self)
        router.add(middleware: RequestObservation(secretsBehind: ["/invitations/"]))
        router.get("/items/:id") { _, context in context.trace.hex }
        router.get("/busy") { _, _ -> String in throw HTTPError(.serviceUnavailable) }
        let port = OneShot<Int>()
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.settle(.success($0.localAddress?.port ?? 0)) },
            logger: Logger(label: "test") { [lines] _ in lines.handler(level: .debug) })
        try await withThrowingTaskGroup { group in
            group.addTask { try await app.run() }
            try await body(port.value())
            group.cancelAll()
        }
    }

    @Test("The trace that a request brings is the handler's, the log's and the answer's")
    func trace() async throws {
        try await whileServing { port in
            let (response, body) = try await get(
                "/items/7?token=geheim", port: port, headers: ["x-trace-id": "00c0ffee00c0ffee"])
            #expect(body == "00c0ffee00c0ffee")
            #expect(response.value(forHTTPHeaderField: "x-trace-id") == "00c0ffee00c0ffee")
        }
        let line = try #require(lines.all.first { $0.contains(" request ") })
        #expect(line.contains("method=GET") && line.contains("path=/items/7 ") && line.contains("status=200"))
        #expect(line.contains("trace=00c0ffee00c0ffee"))
        #expect(!lines.all.joined().contains("geheim"))
    }

    @Test("A secret in a path is not logged")
    func secretPaths() async throws {
        try await whileServing { port in _ = try await get("/invitations/geheim", port: port) }
        #expect(lines.all.contains { $0.contains("path=/invitations/… ") && $0.contains("status=404") }, "\(lines.all)")
        #expect(!lines.all.joined().contains("geheim"))
    }

    @Test("Requests are timed by route, not by path; failures are logged as warnings")
    func metrics() async throws {
        try await whileServing { port in
            for id in 1...3 { _ = try await get("/items/\(id)", port: port) }
            #expect(try await get("/busy", port: port).0.statusCode == 503)
        }
        let text = Self.registry.render()
        let name = "http_server_request_duration_seconds_count"
        #expect(text.contains("\(name){method=\"GET\",route=\"/items/{id}\",status=\"200\"}"), "\(text)")
        #expect(!text.contains("/items/1"))
        #expect(text.contains("\(name){method=\"GET\",route=\"/busy\",status=\"503\"} 1\n"), "\(text)")
        #expect(lines.all.contains { $0.contains(" warning ") && $0.contains("status=503") })
    }
}
