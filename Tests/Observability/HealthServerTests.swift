import Foundation
import FoundationNetworking
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import Observability
import ServiceLifecycle
import TestSupport
import Testing

/// Asks a server on this machine.
func get(_ path: String, port: Int, headers: [String: String] = [:]) async throws -> (HTTPURLResponse, String) {
    let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
    request.allHTTPHeaderFields = headers
    let (data, response) = try await URLSession.shared.data(for: request)
    return (try #require(response as? HTTPURLResponse), String(decoding: data, as: UTF8.self))
}

@Suite("The health server")
struct HealthServerTests {
    private let registry = MetricsRegistry()
    private let readiness = Readiness()

    private func server(port: Int = 0) -> HealthServer {
        HealthServer(
            listen: HostPort(host: "127.0.0.1", port: port), registry: registry, readiness: readiness,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func whileServing(_ body: (Int) async throws -> Void) async throws {
        let server = server()
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            try await body(server.boundPort())
            group.cancelAll()
        }
    }

    @Test("It is alive on the port that it was given, and ready only when nothing is missing")
    func readinessOverSockets() async throws {
        try await whileServing { port in
            #expect(port != 0)
            let (alive, _) = try await get("/healthz", port: port)
            #expect(alive.statusCode == 200)

            readiness.set("redis", missing: "not connected")
            readiness.set("ring", missing: "no \"placement\"")
            let (waiting, body) = try await get("/readyz", port: port)
            #expect(waiting.statusCode == 503)
            #expect(
                body == #"{"missing":{"redis":"not connected","ring":"no \"placement\""},"ready":false}"# + "\n")

            readiness.set("redis", missing: nil)
            readiness.set("ring", missing: nil)
            let (ready, empty) = try await get("/readyz", port: port)
            #expect(ready.statusCode == 200)
            #expect(empty == #"{"missing":{},"ready":true}"# + "\n")
        }
    }

    @Test("Metrics are Prometheus text, the process's own among them")
    func metrics() async throws {
        try await whileServing { port in
            Counter(label: "visits", factory: registry).increment()
            let (response, text) = try await get("/metrics", port: port)
            #expect(response.value(forHTTPHeaderField: "Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(text.contains("# TYPE visits_total counter\nvisits_total 1\n"))
            #expect(text.contains("process_resident_memory_bytes "))
        }
    }

    @Test("A port that is taken is an error that names the option, also for those who wait for the port")
    func portTaken() async throws {
        try await whileServing { port in
            let second = server(port: port)
            let bound = Task { try await second.boundPort() }
            let error = await #expect(throws: HealthServerFailure.self) { try await second.run() }
            #expect(error?.description.contains("--health-listen") == true)
            await #expect(throws: (any Error).self) { try await bound.value }
        }
    }
}

@Suite("A value that becomes known once")
struct OneShotTests {
    @Test("All who wait get the first value, and so do those who come later")
    func all() async throws {
        let shot = OneShot<Int>()
        async let early = shot.value()
        shot.settle(.success(1))
        shot.settle(.success(2))
        #expect(try await early == 1)
        #expect(try await shot.value() == 1)
    }

    @Test("Who is cancelled stops waiting")
    func cancellation() async {
        let shot = OneShot<Int>()
        let waiting = Task { try await shot.value() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
