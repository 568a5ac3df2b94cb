internal import Foundation
internal import Placement
package import TestStack
internal import TestSupport

/// Every fault that is tried. Which of several alike is hit is drawn.
package enum Faults {
    private static let killed = Duration.seconds(4)
    private static let stopped = Duration.seconds(10)

    package static func all(_ layout: Stack.Layout, using random: inout some RandomNumberGenerator) -> [Fault] {
        let services = ["gateway", "ring-router", "sync-batcher", "bridge"]
        let worker = layout.replicas.randomElement(using: &random) ?? "storage-replica-1"
        let zone = Int.random(in: 0..<layout.zones, using: &random)
        let victims = services.map { ($0, $0) } + [("storage-replica", worker)]
        return victims.map { kill($0, $1) } + victims.map { stop($0, $1) }
            + [killRedis(losingData: false), killRedis(losingData: true), stopRedis]
            + [killPostgres(zone), stopPostgres(zone), killEveryPostgres, FullDisk.fault]
            + [
                clockAhead, cutPushes(.half), cutPushes(.answer),
                leaseTaken(worker, number: .random(in: 0..<1_000_000, using: &random)),
            ]
    }

    /// Some that have little in common, for a round of about a minute.
    package static func few(_ layout: Stack.Layout, using random: inout some RandomNumberGenerator) -> [Fault] {
        let worker = layout.replicas.randomElement(using: &random) ?? "storage-replica-1"
        return [
            kill("gateway", "gateway"), kill("storage-replica", worker), killRedis(losingData: true),
            killPostgres(.random(in: 0..<layout.zones, using: &random)), clockAhead, cutPushes(.answer),
            leaseTaken(worker, number: .random(in: 0..<1_000_000, using: &random)),
        ].map { $0.lasting(.seconds(2)) }
    }

    /// One of them; every third time two at once.
    package static func drawn(
        from faults: [Fault], using random: inout some RandomNumberGenerator
    ) -> Fault? {
        guard let one = faults.randomElement(using: &random) else { return nil }
        guard Int.random(in: 0..<3, using: &random) == 0, let two = faults.randomElement(using: &random) else {
            return one
        }
        return one.with(two) ?? one
    }

    // MARK: - Services

    private static func kill(_ kind: String, _ name: String) -> Fault {
        Fault(
            "kill -9 \(kind)", of: kind, for: killed,
            inject: { try await $0.stack.end(name, SIGKILL) },
            heal: { try $0.stack.start(name) },
            evidence: { stage, before in before.renewal(of: name, stage) })
    }

    private static func stop(_ kind: String, _ name: String) -> Fault {
        Fault(
            "SIGSTOP \(kind)", of: kind, for: stopped,
            inject: { try await $0.stack.pause(name) },
            heal: { $0.stack.signal(name, SIGCONT) },
            evidence: { stage, _ in stage.stack.isRunning(name) ? "\(name) stood still and went on" : nil })
    }

    // MARK: - Redis and Postgres

    private static func killRedis(losingData: Bool) -> Fault {
        Fault(
            losingData ? "kill -9 Redis, data lost" : "kill -9 Redis", of: "Redis", for: killed,
            inject: { try await $0.stack.redis.kill() },
            heal: { stage in
                if losingData { try stage.stack.redis.forgetData() }
                try await stage.stack.redis.start()
            },
            evidence: { stage, before in before.renewal(of: "Redis", stage) })
    }

    private static let stopRedis = Fault(
        "SIGSTOP Redis", of: "Redis", for: stopped, inject: { try await $0.stack.redis.pause() },
        heal: { $0.stack.redis.resume() }, evidence: { _, _ in "Redis stood still" })

    private static func killPostgres(_ zone: Int) -> Fault {
        Fault(
            "kill -9 Postgres", of: "Postgres", for: killed, inject: { try await $0.stack.zones[zone].kill() },
            heal: { try await $0.stack.zones[zone].start() },
            evidence: { stage, before in before.renewal(of: "\(zone)", stage).map { "Postgres \($0)" } })
    }

    private static func stopPostgres(_ zone: Int) -> Fault {
        Fault(
            "SIGSTOP Postgres", of: "Postgres", for: stopped, inject: { try await $0.stack.zones[zone].pause() },
            heal: { $0.stack.zones[zone].resume() }, evidence: { _, _ in "Postgres \(zone) stood still" })
    }

    private static let killEveryPostgres = Fault(
        "kill -9 every Postgres", of: "Postgres", for: killed,
        inject: { for zone in $0.stack.zones { try await zone.kill() } },
        heal: { for zone in $0.stack.zones { try await zone.start() } },
        evidence: { stage, before in
            let renewals = stage.stack.zones.indices.map { before.renewal(of: "\($0)", stage) }
            return renewals.contains(nil) ? nil : "every Postgres began anew"
        })

    // MARK: - Devices

    /// The gateway refuses what it stamps and tells the time; the device stamps anew.
    private static let clockAhead = Fault(
        "a clock an hour ahead", of: "clock", for: .seconds(6),
        inject: { await $0.devices[0].skewClock(milliseconds: 3_600_000) },
        heal: { await $0.devices[0].skewClock(milliseconds: 0) },
        evidence: { stage, before in
            let refused = stage.pulse.counts.clockAhead - before.counts.clockAhead
            return refused > 0 ? "\(refused) pushes refused" : nil
        })

    /// Every third device, again and again.
    private static func cutPushes(_ place: Wire.Cut) -> Fault {
        Fault(
            place == .half ? "pushes cut in half" : "pushes cut before the answer", of: "connections", for: .seconds(6),
            inject: { stage in
                let devices = stage.devices.filter { $0.number % 3 == 0 }
                for _ in 0..<5 {
                    let before = stage.pulse.counts.cuts
                    for device in devices { await device.cutPushes(place) }
                    // Beside another fault some device may have nobody to push to for a while.
                    try await eventually(within: .seconds(20), "most of them have cut a push") {
                        stage.pulse.counts.cuts - before >= devices.count / 2
                    }
                }
            },
            heal: { for device in $0.devices { await device.cutPushes(nil) } },
            evidence: { stage, before in
                let cuts = stage.pulse.counts.cuts - before.counts.cuts
                return cuts > 0 ? "\(cuts) pushes cut" : nil
            })
    }

    // MARK: - The lease

    /// A worker sleeps until another has its shard, and wakes.
    private static func leaseTaken(_ worker: String, number: Int) -> Fault {
        let standby = "storage-replica-standby-\(number)"
        let ownsShard = { @Sendable (stage: Stage) in stage.stack.log(of: standby).contains("Owns the shard") }
        let losses = { @Sendable (stage: Stage) in
            let log = stage.stack.log(of: worker)
            return log.ranges(of: "No longer owns the shard").count + log.ranges(of: "The shard cannot be served").count
        }
        return Fault(
            "a worker wakes, its lease taken", of: "storage-replica", for: .seconds(2),
            inject: { stage in
                try await stage.stack.pause(worker)
                try stage.stack.start(standby)
                try await eventually(within: .seconds(20), "the standby takes the shard") { ownsShard(stage) }
            },
            heal: { stage in
                let before = losses(stage)
                stage.stack.signal(worker, SIGCONT)
                try await eventually(within: .seconds(20), "the worker learns of it") { losses(stage) > before }
                try await stage.stack.end(standby, SIGTERM)
            },
            evidence: { stage, _ in ownsShard(stage) ? "the standby owned it meanwhile" : nil })
    }
}

/// For the variants that are broken on purpose.
extension Faults {
    static let none = Fault(
        "no fault", of: "nothing", for: .seconds(4), inject: { _ in }, heal: { _ in },
        evidence: { _, _ in "nothing was to happen" })

    /// For longer than a write waits all workers but one sleep; then that one loses its disk. What took two to commit was not
    /// acknowledged; what one was enough for is gone.
    static let onlyCopyLost = Fault(
        "all but one asleep, its disk lost", of: "storage-replica", for: .seconds(6),
        inject: { stage in
            let awake = try worker(owning: firstHome(stage), stage.stack)
            for name in stage.layout.stack.replicas where name != awake { try await stage.stack.pause(name) }
        },
        heal: { stage in
            let awake = try worker(owning: firstHome(stage), stage.stack)
            try await stage.stack.end(awake, SIGKILL)
            try await stage.homes.wipe(firstHome(stage))
            for name in stage.layout.stack.replicas where name != awake { stage.stack.signal(name, SIGCONT) }
            try stage.stack.start(awake)
        },
        evidence: { _, _ in "they stood still" })

    /// Of the first list.
    private static func firstHome(_ stage: Stage) throws -> ShardID {
        guard let home = stage.lists.first.flatMap({ stage.homes.home(of: $0).first }) else {
            throw TestSupportError("there is no list")
        }
        return home
    }

    /// The worker whose log says so last.
    private static func worker(owning shard: ShardID, _ stack: Stack) throws -> String {
        let owner = stack.layout.replicas.first { name in
            let taken = stack.log(of: name).split(separator: "\n").last { $0.contains("Owns the shard") }
            return taken?.hasSuffix("shard=\(shard.name)") == true
        }
        guard let owner else { throw TestSupportError("nobody owns \(shard.name)") }
        return owner
    }
}
