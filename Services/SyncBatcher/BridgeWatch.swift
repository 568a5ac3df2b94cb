import Bus
import Logging
import Redis
import ServiceLifecycle
import ZeroMQ

/// Keeps the publisher connected to every bridge that is up.
struct BridgeWatch: Service {
    private static let interval = Duration.seconds(1)

    let redis: RedisClient
    let publisher: ZeroMQPublisher
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat {
                do {
                    let bridges = try await Instances(redis: redis).live(role: "bridge")
                    publisher.setEndpoints(bridges.compactMap(\.changesEndpoint))
                } catch { logger.debug("Bridges could not be looked up", metadata: ["error": "\(error)"]) }
            } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }
}
