import ArgumentParser
import Foundation
import Logging
import Observability
import ServiceLifecycle
import Testing

/// Each claim is about a whole process, so each runs in one of its own.
@Suite("The life of a program")
struct ServiceRuntimeTests {
    @Test("SIGTERM stops services last to first, each after those behind it have ended, and the status is 0")
    func cleanStop() async throws {
        let result = try #require(
            await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
                await runProgram { context in
                    ["first", "second"].map { NamedService($0, PoliteService(name: $0, context: context)) }
                        + [NamedService("signal", SignalWhenUp(context: context))]
                }
            })
        let log = String(decoding: result.standardErrorContent, as: UTF8.self)
        let order = ["health server listens", "stopping", "second is done", "first is done", "stopped"]
        let places = order.map { log.firstRange(of: $0)?.lowerBound }
        #expect(
            places.allSatisfy { $0 != nil } && places.compactMap(\.self) == places.compactMap(\.self).sorted(), "\(log)"
        )
        #expect(log.contains("ready=false"), "it is not ready while it stops\n\(log)")
    }

    @Test("A service that hangs is cancelled at the limit, named, and the program ends with status 70")
    func hung() async throws {
        let result = try #require(
            await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
                await runProgram { context in
                    [NamedService("stuck", StuckService()), NamedService("signal", SignalWhenUp(context: context))]
                }
            })
        let log = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(log.contains(/did not stop in time.* service=stuck/), "\(log)")
        #expect(log.contains(/cut off.* services=stuck/), "\(log)")
    }

    @Test("A service that stops only when cancelled is named too, and the status is 70: something was not finished")
    func slow() async throws {
        let result = try #require(
            await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
                await runProgram { context in
                    [NamedService("slow", SlowService()), NamedService("signal", SignalWhenUp(context: context))]
                }
            })
        let log = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(log.contains(/did not stop in time.* service=slow/) && !log.contains("cut off"), "\(log)")
    }

    @Test("A service that fails stops the others and says why; the status is 1")
    func failing() async throws {
        let result = try #require(
            await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
                await runProgram { context in
                    [
                        NamedService("polite", PoliteService(name: "polite", context: context)),
                        NamedService("broken", FailingService()),
                    ]
                }
            })
        let log = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(log.contains("polite is done") && log.contains("the cellar is flooded"), "\(log)")
    }

    @Test("A service that returns by itself is a failure, not a quiet half of a program")
    func endedEarly() async throws {
        let result = try #require(
            await #expect(processExitsWith: .exitCode(1), observing: [\.standardErrorContent]) {
                await runProgram { _ in [NamedService("short", ShortService())] }
            })
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("The service short ended"))
    }
}

/// As a service's `run()`, ending the process with its status.
private func runProgram(_ services: (ServiceContext) async throws -> [NamedService]) async {
    do {
        let options = try CommonOptions.parse(["--shutdown-seconds", "1"])
        try await ServiceRuntime.run(role: "test", options: options, services: services)
        exit(0)
    } catch {
        exit(CommonOptions.exitCode(for: error).rawValue)
    }
}

private struct PoliteService: Service {
    let name: String
    let context: ServiceContext

    func run() async throws {
        try await gracefulShutdown()
        context.logger.info("\(name) is done", metadata: ["ready": "\(context.readiness.isReady)"])
    }
}

/// Asks its own process to stop once it is up.
private struct SignalWhenUp: Service {
    let context: ServiceContext

    func run() async throws {
        _ = try await context.health.boundPort()
        kill(getpid(), SIGTERM)
        try await gracefulShutdown()
    }
}

/// Hears neither a stop nor a cancellation.
private struct StuckService: Service {
    func run() async {
        await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
    }
}

/// Does not hear a stop.
private struct SlowService: Service {
    func run() async throws { try await Task.sleep(for: .seconds(60)) }
}

private struct FailingService: Service {
    struct Flooded: Error, CustomStringConvertible {
        let description = "the cellar is flooded"
    }

    func run() throws { throw Flooded() }
}

private struct ShortService: Service {
    func run() {}
}
