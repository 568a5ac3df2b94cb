import Accounts
import ArgumentParser
import Bus
import GatewayAPI
import JobQueue
import Messages
import Observability
import ServiceLifecycle
import Synchronization

/// `gateway`: the HTTP API. Stateless but for what it remembers for seconds; any number of them.
@main
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Serves the HTTP API: accounts, lists, sync, invitations; and the list app for browsers.")

    @OptionGroup var common: CommonOptions

    @Option(
        variable: "LARDER_LISTEN", help: "Where the API is served; port 0 takes a free one and logs it.",
        valueName: "host:port")
    var listen = HostPort(host: "127.0.0.1", port: 8080)

    @Option(
        variable: "LARDER_PUBLIC_URL",
        help: "Where people reach it: links begin with this. If empty, where it listens.",
        valueName: "url")
    var publicURL = ""

    @Option(
        variable: "LARDER_SIGNING_KEY",
        help: "File of the Ed25519 key that signs access tokens, the same for all gateways; made if there is none.",
        valueName: "file")
    var signingKey = "larder-signing-key.pem"

    @Option(
        variable: "LARDER_WEB_ROOT",
        help: "Folder of the list app as scripts/build-webapp makes it. If empty, the API alone is served.",
        valueName: "folder")
    var webRoot = ""

    func run() async throws {
        try await ServiceRuntime.run(role: "gateway", options: common) { context in
            let bus = try BusServices(context, redisURL: common.redisURL.text)
            let correspondent = Correspondent(redis: bus.redis, sender: bus.sender, logger: context.logger)
            let pushes = PushOutbox(
                queue: try JobQueue(redis: bus.redis, name: SyncJob.queue, events: .none),
                instance: correspondent.instance, logger: context.logger)
            let errands = try JobQueue(redis: bus.redis, name: ShelfKeeper.queue)
            let instances = Instances(redis: bus.redis)
            let origin = Origin(publicURL)
            var parts = Gateway.Parts(
                ring: BusRing(correspondent: correspondent, outbox: pushes), redis: bus.redis,
                key: try SigningKey.loadOrCreate(path: signingKey),
                addErrand: { _ = try await errands.add($0) }, publicURL: { origin.text },
                liveURLs: { try await instances.live(role: "bridge").compactMap(\.liveURL) },
                now: wallClockMilliseconds, logger: context.logger)
            if !webRoot.isEmpty { parts.app = try WebAppFolder(webRoot).load() }
            let gateway = await Gateway(parts)
            let server = GatewayServer(gateway, listen: listen, logger: context.logger)
            let worker = JobWorker(
                queue: errands, options: WorkerOptions(name: context.identity.instance, batchMax: 16, inFlightMax: 32),
                logger: context.logger, each: { await gateway.shelves.work($0) })
            let announced = bus.named {
                let address = "http://\(try await server.boundAddress())"
                origin.found(address)
                return address
            }
            return announced + [
                NamedService("correspondent", correspondent), NamedService("pushes", pushes),
                NamedService("errands", worker),
                NamedService("access", AccessTail(redis: bus.redis, access: gateway.access, logger: context.logger)),
                NamedService("server", server),
            ]
        }
    }
}

/// Where links to this gateway begin: as configured, or else where it turned out to listen.
private final class Origin: Sendable {
    private let url: Mutex<String>
    private let isConfigured: Bool

    init(_ configured: String) {
        isConfigured = !configured.isEmpty
        url = Mutex(configured.hasSuffix("/") ? String(configured.dropLast()) : configured)
    }

    var text: String { url.withLock { $0 } }

    func found(_ address: String) { if !isConfigured { url.withLock { $0 = address } } }
}
