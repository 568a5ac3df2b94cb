import Accounts
import ArgumentParser
import Bus
import GatewayAPI
import JobQueue
import Messages
import Observability
import ServiceLifecycle

/// `broken-gateway`: a gateway by which the last of several concurrent pushes to a list wins. Never shipped: it shows that the checker
/// sees.
@main
struct BrokenGatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broken-gateway", abstract: "Loses edits: of several pushes to a list the last one wins.")

    @OptionGroup var common: CommonOptions

    @Option(variable: "LARDER_LISTEN", help: "Where the API is served.", valueName: "host:port")
    var listen = HostPort(host: "127.0.0.1", port: 8080)

    @Option(variable: "LARDER_SIGNING_KEY", help: "File of the key that signs access tokens.", valueName: "file")
    var signingKey = "larder-signing-key.pem"

    func run() async throws {
        try await ServiceRuntime.run(role: "gateway", options: common) { context in
            let bus = try BusServices(context, redisURL: common.redisURL.text)
            let correspondent = Correspondent(redis: bus.redis, sender: bus.sender, logger: context.logger)
            let pushes = PushOutbox(
                queue: try JobQueue(redis: bus.redis, name: SyncJob.queue, events: .none),
                instance: correspondent.instance, logger: context.logger)
            let errands = try JobQueue(redis: bus.redis, name: ShelfKeeper.queue)
            let ring = LastWriterRing(BusRing(correspondent: correspondent, outbox: pushes))
            let address = "http://\(listen)"
            let gateway = await Gateway(
                .init(
                    ring: ring, redis: bus.redis, key: try SigningKey.loadOrCreate(path: signingKey),
                    addErrand: { _ = try await errands.add($0) }, publicURL: { address }, liveURLs: { [] },
                    now: wallClockMilliseconds, logger: context.logger))
            let worker = JobWorker(
                queue: errands, options: WorkerOptions(name: context.identity.instance, batchMax: 16, inFlightMax: 32),
                logger: context.logger, each: { await gateway.shelves.work($0) })
            return bus.named(address: address) + [
                NamedService("correspondent", correspondent), NamedService("pushes", pushes),
                NamedService("errands", worker),
                NamedService("access", AccessTail(redis: bus.redis, access: gateway.access, logger: context.logger)),
                NamedService(
                    "server", GatewayServer(gateway, listen: listen, logger: context.logger)),
            ]
        }
    }
}
