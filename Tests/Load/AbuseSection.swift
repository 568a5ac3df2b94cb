internal import Abuse
internal import TestStack

/// What well-behaved people notice while others send the worst.
struct AbuseSection: Section {
    static let name = "abuse"
    private static let title = "Under hostile input"

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        var copy = report
        defer { report = copy }
        try Crowd.raiseDescriptorLimit()
        try await Stack.run(.measured) { stack in
            let siege = try await abuse(stack, seconds: bench.quick ? 5 : 20)
            let before = siege.before.latency(at: 0.99)
            copy.add(
                section: title, label: "p99 of well-behaved requests in peace", value: before / .milliseconds(1),
                unit: "ms")
            copy.add(
                section: title, label: "p99 while \(Siege.crowd) idle connections arrive",
                value: siege.arrival.latency(at: 0.99) / .milliseconds(1), unit: "ms")
            for (label, count) in [("begin", siege.standing.first), ("end", siege.standing.last)] {
                copy.add(
                    section: title, label: "of them open when the attacks \(label)", value: Double(count),
                    unit: "connections")
            }
            copy.add(
                section: title,
                Figure(
                    label: "p99 of well-behaved requests under siege",
                    value: siege.during.latency(at: 0.99) / .milliseconds(1), unit: "ms",
                    peers: [Peer("in peace", before / .milliseconds(1))], goals: [.atMostOfPeer(2)]))
            copy.add(
                section: title, label: "of them failed",
                value: Double(siege.arrival.failures.count + siege.during.failures.count), unit: "requests",
                goal: .atMost(0))
            copy.add(
                section: title, label: "attacks answered otherwise than documented", value: Double(siege.faults.count),
                unit: "of \(siege.attacks)", goal: .atMost(0))
        }
    }
}
