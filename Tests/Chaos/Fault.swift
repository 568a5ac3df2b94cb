internal import TestStack
internal import TestSupport

/// Something that goes wrong, for a time.
package struct Fault: Sendable {
    /// How things stood before the injection.
    struct Before: Sendable {
        let counts: Pulse.Counts
        let postgresLogs: [Int]

        init(_ stage: Stage) {
            counts = stage.pulse.counts
            postgresLogs = stage.stack.zones.map(\.log.count)
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

    init(
        _ name: String, of target: String, for duration: Duration, obstacle: String? = nil,
        inject: @escaping @Sendable (Stage) async throws -> Void,
        heal: @escaping @Sendable (Stage) async throws -> Void,
        evidence: @escaping @Sendable (Stage, Before) async -> String? = { _, _ in "done" }
    ) {
        self.name = name
        self.target = target
        self.duration = duration
        self.obstacle = obstacle
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
        guard target != other.target else { return nil }
        return Fault(
            "\(name) + \(other.name)", of: "both", for: max(duration, other.duration),
            obstacle: obstacle ?? other.obstacle,
            inject: { stage in
                try await inject(stage)
                try await other.inject(stage)
            },
            heal: { stage in
                try await heal(stage)
                try await other.heal(stage)
            },
            evidence: { stage, before in
                guard let one = await evidence(stage, before), let two = await other.evidence(stage, before) else {
                    return nil
                }
                return "\(one); \(two)"
            })
    }
}
