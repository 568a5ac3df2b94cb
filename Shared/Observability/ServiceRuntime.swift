package import ArgumentParser
import Foundation
package import Logging
import Metrics
package import ServiceLifecycle
import UnixSignals

/// What a program is given to build its services with.
package struct ServiceContext: Sendable {
    package let identity: ServiceIdentity
    package let logger: Logger
    package let readiness: Readiness
    package let health: HealthServer
    package let registry: MetricsRegistry

    package init(identity: ServiceIdentity, options: CommonOptions, logger: Logger, registry: MetricsRegistry) {
        self.identity = identity
        self.logger = logger
        self.registry = registry
        readiness = Readiness()
        health = HealthServer(
            listen: options.healthListen, registry: registry, readiness: readiness, logger: logger)
    }
}

/// A service under the name by which logs speak of it.
package struct NamedService: Sendable {
    package let name: String
    package let service: any Service

    package init(_ name: String, _ service: any Service) {
        self.name = name
        self.service = service
    }
}

/// The life of a program: logging, metrics and health first, then its services until SIGTERM or SIGINT, or until one
/// of them fails; then a stop in reverse order, which ends within a bound.
package enum ServiceRuntime {
    /// After services were cancelled because the stop took too long, how long they have to notice.
    package static let cancellationGrace = Duration.seconds(2)
    /// The exit status when something had to be cut off. EX_SOFTWARE.
    package static let hungExitCode = ExitCode(70)

    /// Returns after a clean stop. Otherwise logs why, and throws the exit status for the command to end with.
    ///
    /// `services` are stopped last to first, each only after those behind it have ended: put a client before what
    /// uses it. Call once a process.
    package static func run(
        role: String, options: CommonOptions, services: (ServiceContext) async throws -> [NamedService]
    ) async throws(ExitCode) {
        raiseDescriptorLimit()
        let context = bootstrap(ServiceIdentity(role: role, instance: options.instance), options)
        do {
            try await withTaskExecutorPreference(ServiceThread.shared) {
                let all = try await [NamedService("health", context.health)] + services(context)
                let watch = ShutdownWatch(names: all.map(\.name))
                try await run(all, in: context, watch: watch, limit: .seconds(options.shutdownSeconds))
            }
        } catch let code as ExitCode {
            throw code
        } catch {
            context.logger.critical("failed", metadata: ["error": "\(error)"])
            throw error is ValidationError ? .validationFailure : .failure
        }
        context.logger.info("stopped")
    }

    /// As far as this process may: each connection takes a descriptor, and the usual 1,024 are fewer than the bounds on connections.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func bootstrap(_ identity: ServiceIdentity, _ options: CommonOptions) -> ServiceContext {
        let (level, format) = (options.logLevel.level, options.logFormat)
        LoggingSystem.bootstrap { label in
            StructuredLogHandler(label: label, identity: identity, level: level, format: format)
        }
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        let labels = [("role", identity.role), ("instance", identity.instance)]
        Gauge(label: "larder_instance", dimensions: labels).record(1)
        return ServiceContext(
            identity: identity, options: options, logger: Logger(label: identity.role), registry: registry)
    }

    private static func run(
        _ services: [NamedService], in context: ServiceContext, watch: ShutdownWatch, limit: Duration
    ) async throws {
        let watched: [any Service] = services.map { WatchedService(name: $0.name, service: $0.service, watch: watch) }
        let herald = StopHerald {
            context.readiness.set("service", missing: "stopping")
            context.logger.info("stopping")
            watch.stopping(limit: limit, grace: cancellationGrace) { name in
                context.logger.error(
                    "did not stop in time, all is cancelled", metadata: ["service": "\(name)", "limit": "\(limit)"])
            } giveUp: { names in
                context.logger.critical(
                    "cut off, did not heed cancellation", metadata: ["services": "\(names.joined(separator: ", "))"])
                exit(hungExitCode.rawValue)
            }
        }
        // The herald is last, hence told to stop first.
        var configuration = ServiceGroupConfiguration(
            services: (watched + [herald]).map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "lifecycle", factory: silent))
        // A moment after the watch has named who is late, or a service that heeds its cancellation at once is never named.
        configuration.maximumGracefulShutdownDuration = limit + .milliseconds(250)
        context.logger.info("starting", metadata: ["process": "\(ProcessInfo.processInfo.processIdentifier)"])
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            guard watch.overdue != nil else { throw error }
            context.logger.error("failed when cancelled", metadata: ["error": "\(error)"])
        }
        guard watch.overdue == nil else { throw hungExitCode }
    }

    /// The group's own lines repeat what is said here.
    @Sendable private static func silent(_: String) -> any LogHandler { SwiftLogNoOpLogHandler() }
}

/// Lets the watch know how long a service runs; one that returns before a stop has failed.
private struct WatchedService: Service {
    let name: String
    let service: any Service
    let watch: ShutdownWatch

    func run() async throws {
        defer { watch.ended(name) }
        do {
            try await service.run()
        } catch is CancellationError where watch.isStopping {
            // Told to; what was late is the watch's to say.
            return
        }
        if !watch.isStopping { throw ServiceEnded(name: name) }
    }
}

/// Does nothing until the stop begins, and then says so.
private struct StopHerald: Service {
    let announce: @Sendable () -> Void

    func run() async throws {
        try await gracefulShutdown()
        announce()
    }
}

private struct ServiceEnded: Error, CustomStringConvertible {
    let name: String

    var description: String { "The service \(name) ended although it was not asked to." }
}
