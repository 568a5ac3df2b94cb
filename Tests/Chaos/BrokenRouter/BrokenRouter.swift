import ArgumentParser
import Bus
import Observability
import Quorum
import Redis
import Routing

/// `broken-router`: a router that acknowledges after one commit and believes one shard. Never shipped: it shows that the checker sees.
@main
struct BrokenRouterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broken-router", abstract: "Loses edits: acknowledges after one commit of three.")

    @OptionGroup var common: CommonOptions

    func run() async throws {
        // Sound for one copy. The ring has three.
        let quorum = try QuorumConfiguration(n: 1, w: 1, r: 1)
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
