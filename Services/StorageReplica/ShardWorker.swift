import Bus
import Logging
import Messages
import Observability
import Placement
import Postgres
import Redis
import Routing
import ServiceLifecycle
import ShardStore

/// Owns one shard at a time: takes a free lease, makes the schema its own, serves until the lease is lost or the service stops,
/// finishes what it took, and gives the lease back.
struct ShardWorker: Service {
    private static let retryInterval = Duration.milliseconds(500)
    /// One connection writes, the others read.
    private static let connections = 3

    /// The shards that the configuration names; `isAuto`: any of the ring's will do.
    let candidates: [Shard]
    let isAuto: Bool
    let bus: BusServices
    let zones: ZoneList
    let ringShards: Int
    let readiness: Readiness
    let logger: Logger

    func run() async throws {
        readiness.set("shard", missing: "owns no shard yet")
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                if let (shard, lease) = try await takeLease() { try await own(shard, lease) }
            } catch is CancellationError { break } catch {
                readiness.set("shard", missing: "\(error)")
                logger.warning("The shard cannot be served", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.retryInterval) }
        }
    }

    /// Where a ring is founded its table says which shards there are and where; the configuration does before.
    private func eligible() async throws -> [Shard] {
        guard let table = try await RingView(redis: bus.redis).placement() else { return candidates }
        let named = Set(candidates.map(\.id))
        return table.shards.filter { isAuto || named.contains($0.id) }
    }

    /// The first eligible shard that nobody owns.
    private func takeLease() async throws -> (Shard, ShardLease)? {
        let reachable = try await eligible().filter { zones.url(of: $0.zone) != nil }
        guard !reachable.isEmpty else {
            readiness.set("shard", missing: "no shard of the ring is on a server that LARDER_POSTGRES_URLS names")
            return nil
        }
        for shard in reachable {
            let lease = try await ShardLease.acquire(shard.id, redis: bus.redis, holder: bus.sender.instance)
            if let lease { return (shard, lease) }
        }
        readiness.set("shard", missing: "every shard has an owner; standing by")
        return nil
    }

    private func own(_ shard: Shard, _ lease: ShardLease) async throws {
        let schema = ShardSchema(shard.id)
        guard let url = zones.url(of: shard.zone) else { return }
        let pool = PostgresPool(try schema.configuration(server: url), size: Self.connections, logger: logger)
        let keeping = Task(executorPreference: ServiceThread.shared) { await keep(lease) }
        let giveBack = {
            // No renewal may come after the return.
            keeping.cancel()
            await keeping.value
            do { try await lease.release() } catch {
                logger.warning("The lease was not given back; it runs out", metadata: ["error": "\(error)"])
            }
        }
        do {
            try await pool.withConnection { connection in
                let applied = try await Migrator.apply(ShardMigrations.all, schema: schema.name, on: connection)
                if !applied.isEmpty {
                    logger.info("Migrated", metadata: ["migrations": "\(applied.joined(separator: " "))"])
                }
            }
            let owner = try await ShardOwner.takeOver(pool, instance: bus.sender.instance)
            try await serve(shard, lease, pool, owner)
        } catch {
            await giveBack()
            throw error
        }
        await giveBack()
    }

    /// Renews the lease until cancelled; ends when another holds it.
    private func keep(_ lease: ShardLease) async {
        while (try? await Task.sleep(for: ShardLease.renewInterval)) != nil {
            do {
                if try await !lease.renew() { return }
            } catch { logger.warning("The lease was not renewed", metadata: ["error": "\(error)"]) }
        }
    }

    private func serve(_ shard: Shard, _ lease: ShardLease, _ pool: PostgresPool, _ owner: ShardOwner) async throws {
        let events = EventLog(sender: bus.sender)
        let founding = (1...ringShards).compactMap { number in
            ShardID("s\(number)").map { Shard(id: $0, zone: zones.zone(ofShard: number)) }
        }
        let keeper = PlacementKeeper(
            shard, redis: bus.redis, stored: StoredPlacement(pool: pool), founding: founding, events: events,
            logger: logger)
        try await keeper.load()
        let desk = ShardDesk(
            shard: shard.id, lease: lease, keeper: keeper, bus: bus, pool: pool, owner: owner, logger: logger)
        logger.info("Owns the shard", metadata: ["shard": "\(shard.id)", "owner": "\(owner.number)"])
        events.note("owner", [("shard", shard.id.name), ("zone", shard.zone.name), ("number", String(owner.number))])
        readiness.set("shard", missing: nil)
        defer { readiness.set("shard", missing: "owns no shard") }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await cancelWhenGracefulShutdown { await look(keeper, lease) }
                // Still ours: the service stops, and the desk finishes what it took.
                return lease.isValid
            }
            group.addTask {
                try await desk.run()
                return false
            }
            while let mayFinish = try await group.next(), mayFinish {}
            group.cancelAll()
        }
        events.note("released", [("shard", shard.id.name)])
        logger.info("No longer owns the shard", metadata: ["shard": "\(shard.id)"])
    }

    /// Looks after the placement; returns when the lease has run out.
    private func look(_ keeper: PlacementKeeper, _ lease: ShardLease) async {
        while lease.isValid {
            do { try await keeper.look() } catch {
                logger.debug("The placement could not be looked after", metadata: ["error": "\(error)"])
            }
            if (try? await Task.sleep(for: Self.retryInterval)) == nil { return }
        }
        logger.warning("The lease has run out")
    }
}
