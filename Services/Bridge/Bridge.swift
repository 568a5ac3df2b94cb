import Accounts
import ArgumentParser
import Bus
import Logging
import Observability
import ServiceLifecycle
import ZeroMQ

/// `bridge`: passes committed changes on to the WebSockets that follow their documents.
@main
struct BridgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bridge", abstract: "Live updates: ZeroMQ in, WebSockets out.")

    @OptionGroup var common: CommonOptions

    @Option(
        variable: "LARDER_LIVE_LISTEN", help: "Where WebSockets connect; port 0 takes a free one.",
        valueName: "host:port")
    var listen = HostPort(host: "127.0.0.1", port: 0)

    @Option(
        variable: "LARDER_LIVE_URL", help: "The address that devices are told; if empty ws:// and where it listens.",
        valueName: "url")
    var publicURL = ""

    @Option(
        variable: "LARDER_CHANGES_BIND", help: "Where sync-batchers publish: a ZeroMQ endpoint; * takes a free port.",
        valueName: "endpoint")
    var changesBind = "tcp://127.0.0.1:*"

    @Option(
        variable: "LARDER_CHANGES_ADDRESS",
        help: "The ZeroMQ endpoint that sync-batchers are told; if empty the one that is bound.", valueName: "endpoint")
    var changesAddress = ""

    @Option(
        variable: "LARDER_VERIFYING_KEY",
        help: "File with the public key of access tokens; if empty the signing key's file is read.", valueName: "file")
    var verifyingKey = ""

    @Option(variable: "LARDER_SIGNING_KEY", help: "File with the gateway's signing key.", valueName: "file")
    var signingKey = ""

    func run() async throws {
        let key = try loadKey()
        try await ServiceRuntime.run(role: "bridge", options: common) { context in
            let bus = try BusServices(context, redisURL: common.redisURL.text)
            let correspondent = Correspondent(redis: bus.redis, sender: bus.sender, logger: context.logger)
            let subscriber = try ZeroMQSubscriber(bind: changesBind, logger: context.logger)
            let presence = PresenceDesk(
                redis: bus.redis, instance: context.identity.instance, logger: context.logger)
            let hub = LiveHub(
                subscriber: subscriber, access: LiveAccess(correspondent: correspondent), presence: presence,
                logger: context.logger)
            let verifier = await AccessTokenVerifier(key)
            let server = try await LiveServer.bind(listen, hub: hub, verifier: verifier, logger: context.logger)
            let address = Instance.bridgeAddress(
                live: publicURL.isEmpty ? "ws://\(listen.host):\(server.port)/v1/live" : publicURL,
                changes: changesAddress.isEmpty ? subscriber.endpoint : changesAddress)
            return bus.named(address: address) + [
                NamedService("correspondent", correspondent), NamedService("subscriber", subscriber),
                NamedService("open", presence), NamedService("hub", hub), NamedService("server", server),
            ]
        }
    }

    private func loadKey() throws -> VerifyingKey {
        if !verifyingKey.isEmpty { return try VerifyingKey.load(path: verifyingKey) }
        guard !signingKey.isEmpty else {
            throw ValidationError("Name the key that access tokens are checked with: --verifying-key or --signing-key.")
        }
        return try SigningKey.loadOrCreate(path: signingKey).verifyingKey
    }
}
