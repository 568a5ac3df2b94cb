internal import ListCRDT
package import Logging
internal import Messages
package import Redis
internal import ServiceLifecycle

/// Follows `larder:access`, so that a changed role holds at once and not only when what is known has run out.
package struct AccessTail: Service {
    private let redis: RedisClient
    private let access: AccessDesk
    private let logger: Logger

    package init(redis: RedisClient, access: AccessDesk, logger: Logger) {
        self.redis = redis
        self.access = access
        self.logger = logger
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            // A tail ends at once while the service stops: looping then would keep the thread from what cancels this.
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                do { try await follow() } catch {
                    logger.warning("Changes cannot be followed", metadata: ["error": "\(error)"])
                    access.forgetAll()
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    private func follow() async throws(RedisError) {
        let tail = StreamTail(redis, stream: Keys.access, from: .now)
        while let entries = try await tail.next() {
            for entry in entries { take(entry) }
        }
    }

    private func take(_ entry: StreamEntry) {
        guard let id = entry.text("document").flatMap({ DocumentID(hex: $0) }) else { return access.forgetAll() }
        access.forget(id)
    }
}
