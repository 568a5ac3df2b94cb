package import ListCRDT
package import TestStack
internal import TestSupport

/// All attacks that take no time of their own, one after the other, by one person who has an account and a list; and a crowd that stands
/// in the way.
package struct Siege: Sendable {
    /// Idle connections that come before the attacks, half to the gateway and half to the bridge. Each keeps as many as it has room for.
    package static let crowd = 10_000

    package let villain: Person
    package let list: DocumentID
    private let stack: Stack

    package init(by villain: Person, at stack: Stack) async throws {
        self.villain = villain
        self.stack = stack
        let list = try await villain.newList("Hostile")
        guard let id = DocumentID(hex: list) else { throw TestSupportError("no id: \(list)") }
        self.list = id
    }

    /// Returns how many attacks there were, and those whose answer is not the documented one.
    package func wave(seed: UInt64) async throws -> (count: Int, faults: [String]) {
        var (count, faults) = (0, [String]())
        func note(_ fault: String?) {
            count += 1
            if let fault { faults.append(fault) }
        }
        for attack in HostileRequests(token: villain.token).all { note(try await attack.fault(at: stack)) }
        for attack in try await ForgedToken.all(for: villain, at: stack) { note(try await attack.fault(at: stack)) }
        for attack in HostileFrames.all { note(try await attack.fault(token: villain.token, at: stack)) }
        let device = HostileDevice(list: list)
        for attack in device.pushes { note(try await attack.fault(by: villain, at: stack)) }
        for bytes in device.cuts + device.mutations(200, seed: seed) {
            let status = try await villain.sync(bytes, at: stack)?.status ?? 0
            note((200..<500).contains(status) ? nil : "bytes of a push: \(status)")
        }
        return (count, faults)
    }

    /// Those at the gateway have asked for something once; those at the bridge never said anything.
    package func gatherCrowds() async throws -> [Crowd] {
        [
            try await Crowd.gathered(Self.crowd / 2, at: stack.gatewayPort, saying: RawHTTP.head("GET", "/")),
            try await Crowd.gathered(Self.crowd / 2, at: stack.livePort),
        ]
    }
}

/// What well-behaved people noticed of a siege.
package struct SiegeReport: Sendable, CustomStringConvertible {
    /// In peace; while the crowd arrives, in seconds; while it stands and the attacks come.
    package let before, arrival, during: Neighbours.Tally
    package let attacks: Int
    /// Attacks whose answer is not the documented one.
    package let faults: [String]
    /// Of the crowd, how many connections stood when the attacks began and when they ended.
    package let standing: (first: Int, last: Int)
    package let vitals: [String: Vitals]

    /// The 99th percentile during the siege, in those before it.
    package var ratio: Double { during.latency(at: 0.99) / before.latency(at: 0.99) }

    package var description: String {
        let (p99, p99during) = (before.latency(at: 0.99), during.latency(at: 0.99))
        let memory = vitals.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return """
            \(attacks) attacks, \(faults.count) answered otherwise than documented
            well-behaved requests before: \(before.requests), \(before.failures.count) failed, p50 \
            \(before.latency(at: 0.5).milliseconds) ms, p99 \(p99.milliseconds) ms
            \(standing.first) of \(Siege.crowd) idle connections stood, in the end \(standing.last)
            while they arrive: \(arrival.requests), \(arrival.failures.count) failed, p99 \
            \(arrival.latency(at: 0.99).milliseconds) ms
            and under siege: \(during.requests), \(during.failures.count) failed, \(during.retries) tried again, p50 \
            \(during.latency(at: 0.5).milliseconds) ms, p99 \(p99during.milliseconds) ms: \
            \((ratio * 100).rounded() / 100) ×
            resident: \(memory)
            """
    }
}

/// Lets four people use the service for `seconds` in peace and as long under siege, and tells how both were. A siege
/// ends with a whole wave, so it may last longer.
package func abuse(_ stack: Stack, seconds: Int = 20) async throws -> SiegeReport {
    let suffix = UInt32.random(in: .min ... .max)
    let siege = try await Siege(by: .registered("villain-\(suffix)", at: stack), at: stack)
    var people: [Person] = []
    for number in 0..<4 { people.append(try await .registered("neighbour-\(suffix)-\(number)", at: stack)) }
    return try await Neighbours.run(people, at: stack) { neighbours in
        // What comes first is slower: connections, caches, the first reads of a list.
        try await neighbours.live(through: neighbours.requests(in: 2))
        _ = neighbours.take()
        try await neighbours.live(through: neighbours.requests(in: seconds))
        let before = neighbours.take()
        let crowds = try await siege.gatherCrowds()
        let arrival = neighbours.take()
        let first = crowds.reduce(0) { $0 + $1.standing() }
        let end = ContinuousClock.now + .seconds(seconds)
        var (attacks, faults) = (0, [String]())
        while ContinuousClock.now < end {
            let wave = try await siege.wave(seed: UInt64(attacks))
            attacks += wave.count
            faults += wave.faults
        }
        let during = neighbours.take()
        return SiegeReport(
            before: before, arrival: arrival, during: during, attacks: attacks, faults: faults,
            standing: (first, crowds.reduce(0) { $0 + $1.standing() }), vitals: stack.vitals())
    }
}

extension Duration {
    /// To two places.
    fileprivate var milliseconds: Double { (self / .milliseconds(1) * 100).rounded() / 100 }
}
