import Abuse
import ListCRDT
import TestStack
import TestSupport
import Testing

/// One stack for all tests of a suite, used all the while by well-behaved neighbours; afterwards every process is still
/// the one it was, none had more memory than is stated, and the neighbours noticed nothing.
struct Besieged: SuiteTrait, TestScoping {
    /// What the tests of the suite share.
    struct Site: Sendable {
        let stack: Stack
        let siege: Siege
        let stranger: Person
        /// How long the services put up with slow connections, which takes a minute.
        let patience: Task<[(SlowAttack, Duration?)], any Error>

        var villain: Person { siege.villain }
    }

    @TaskLocal static var site: Site?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try Crowd.raiseDescriptorLimit()
        try await Stack.run { stack in
            let siege = try await Siege(by: .registered("villain", at: stack), at: stack)
            let site = Site(
                stack: stack, siege: siege, stranger: try await .registered("stranger", at: stack),
                patience: Task { try await Self.patience(siege.villain, stack) })
            defer { site.patience.cancel() }
            var people: [Person] = []
            for number in 1...3 { people.append(try await .registered("neighbour-\(number)", at: stack)) }
            let before = stack.vitals()
            let tally = try await Neighbours.run(people, at: stack) { neighbours in
                try await Self.$site.withValue(site) { try await function() }
                return neighbours.take()
            }
            Self.expectPeace(tally, before, stack)
        }
    }

    private static func expectPeace(_ tally: Neighbours.Tally, _ before: [String: Vitals], _ stack: Stack) {
        #expect(tally.failures.isEmpty, "of \(tally.requests) requests of neighbours")
        let after = stack.vitals()
        for name in stack.layout.services {
            #expect(after[name]?.processID == before[name]?.processID, "\(name) is not the process it was")
            let peak = after[name]?.peakBytes ?? .max
            #expect(peak <= Vitals.residentBytesMax, "\(name): \(peak >> 20) MiB")
        }
        let memory = after.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        print("neighbours: \(tally.requests) requests, \(tally.retries) tried again, p99 \(tally.latency(at: 0.99))")
        print("resident: \(memory)")
    }

    private static func patience(_ villain: Person, _ stack: Stack) async throws -> [(SlowAttack, Duration?)] {
        try await withThrowingTaskGroup(of: (SlowAttack, Duration?).self) { group in
            for attack in SlowAttack.all(token: villain.token) {
                group.addTask { (attack, try await attack.time(at: stack)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

extension Besieged.Site {
    /// Carries all out; each `fault` says what is wrong with the answer, or nil.
    func expect<Attack>(_ attacks: [Attack], _ fault: (Attack) async throws -> String?) async throws {
        for attack in attacks {
            let fault = try await fault(attack)
            #expect(fault == nil)
        }
    }
}
