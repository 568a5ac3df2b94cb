internal import TestStack
internal import TestSupport

/// Something that goes wrong, for a time.
package struct Fault: Sendable {
    /// How things stood before the injection.
    struct Before: Sendable {
        let counts: Pulse.Counts
        let postgresLogs: [Int]
        /// Of each process; those of Postgres by its zone's number.
        private let processIDs: [String: Int32]

        init(_ stage: Stage) {
            counts = stage.pulse.counts
            postgresLogs = stage.stack.zones.map(\.log.count)
            processIDs = Self.processIDs(stage.stack)
        }

        private static func processIDs(_ stack: Stack) -> [String: Int32] {
            let services = stack.layout.services.map { ($0, stack.processID(of: $0) ?? 0) }
            let servers = [("Redis", stack.redis.processID)] + stack.zones.enumerated().map { ("\($0)", $1.processID) }
            return Dictionary(services + servers) { $1 }
        }

        /// `name began anew` if another process has its place; nil: it does not run, or is still the same.
        func renewal(of name: String, _ stage: Stage) -> String? {
            guard let now = Self.processIDs(stage.stack)[name], now != 0, now != processIDs[name] else { return nil }
            return "\(name) began anew"
        }
    }

    package let name: String
    /// What is hit. Two faults of one target do not go together.
    let target: String
    /// Between the injection and the healing.
    private(set) var duration: Duration
    let inject: @Sendable (Stage) async throws -> Void
    let heal: @Sendable (Stage) async throws -> Void
    /// What shows that it really happened, since `Before` was taken; nil: nothing does.
    let evidence: @Sendable (Stage, Before) async -> String?
    /// Why it cannot be done here.
    let obstacle: String?
    /// Beside another fault nothing might show it: a full disk is noticed by whoever writes.
    let isAlone: Bool

    init(
        _ name: String, of target: String, for duration: Duration, obstacle: String? = nil, isAlone: Bool = false,
        inject: @escaping @Sendable (Stage) async throws -> Void,
        heal: @escaping @Sendable (Stage) async throws -> Void,
        evidence: @escaping @Sendable (Stage, Before) async -> String?
    ) {
        self.name = name
        self.target = target
        self.duration = duration
        self.obstacle = obstacle
        self.isAlone = isAlone
        self.inject = inject
        self.heal = heal
        self.evidence = evidence
    }

    package func lasting(_ duration: Duration) -> Fault {
        var fault = self
        fault.duration = duration
        return fault
    }

    /// Both at once; nil where that cannot be.
    package func with(_ other: Fault) -> Fault? {
        guard target != other.target, !isAlone, !other.isAlone else { return nil }
        return Fault(
            "\(name) + \(other.name)", of: "both", for: max(duration, other.duration),
            obstacle: obstacle ?? other.obstacle,
            inject: { stage in
                try await inject(stage)
                try await other.inject(stage)
            },
            heal: { stage in
                var failures: [any Error] = []
                for one in [self, other] {
                    do { try await one.heal(stage) } catch { failures.append(error) }
                }
                if let failure = failures.first { throw failure }
            },
            evidence: { stage, before in
                guard let one = await evidence(stage, before), let two = await other.evidence(stage, before) else {
                    return nil
                }
                return "\(one); \(two)"
            })
    }
}
