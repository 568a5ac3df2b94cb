import ArgumentParser
import Bus
import Observability
import Quorum
import Redis
import Routing

/// `ring-router`: finds a document's shards and runs quorums. Stateless; any number of them share the stream `larder:ring`.
@main
struct RingRouterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ring-router", abstract: "Finds a document's shards, runs quorums, repairs on reading.")

    @OptionGroup var common: CommonOptions

    @Option(variable: "LARDER_WRITES", help: "Commits that make a write durable (W), of three.") var writes = 2
    @Option(variable: "LARDER_READS", help: "Shards that vouch for a read (R), of three.") var reads = 2

    /// N is what every placement table is founded with.
    private var quorum: QuorumConfiguration {
        get throws { try QuorumConfiguration(n: QuorumConfiguration.standard.copies, w: writes, r: reads) }
    }

    func validate() throws {
        do { _ = try quorum } catch { throw ValidationError("\(error)") }
    }

    func run() async throws {
        let quorum = try quorum
        try await ServiceRuntime.run(role: "ring-router", options: common) { context in
            let bus = try BusServices(context, redisURL: common.redisURL.text)
            let readiness = context.readiness
            readiness.set("placement", missing: "no placement table yet")
            let router = Router(redis: bus.redis, sender: bus.sender, configuration: quorum, logger: context.logger) {
                readiness.set("placement", missing: $0 ? nil : "no placement table yet")
            }
            return bus.named() + [NamedService("router", router)]
        }
    }
}
