import Chaos
import TestSupport
import Testing

extension Integration {
    @Suite("Chaos")
    struct ChaosTests {
        @Test(
            "A short round under 500 edits a second: nothing acknowledged is lost, homes are alike again, sessions see what they saw"
        )
        func shortRound() async throws {
            let seed = UInt64.random(in: 1..<100_000)
            let layout = Stage.Layout()
            try await Stage.run(layout, seed: seed) { stage in
                var dice = SeededRandom(seed: seed)
                let inspector = Inspector(stage, patience: .brief)
                for fault in Faults.few(layout.stack, using: &dice) {
                    let trial = try await inspector.attempt(fault)
                    print(Report.line(trial))
                    #expect(trial.isWell, "scripts/chaos --brief --seed \(seed): \(trial.fault): \(trial.violations)")
                    #expect(trial.acknowledged > 0 && trial.skipped == nil)
                }
            }
        }

        @Test("Variants that lose acknowledged edits are caught", arguments: Broken.allCases)
        func broken(variant: Broken) async throws {
            let seed = UInt64.random(in: 1..<100_000)
            let trial = try await variant.trial(seed: seed)
            print(Report.line(trial))
            #expect(trial.acknowledged > 0 && trial.lost > 0 && !trial.isWell, "seed \(seed)")
        }
    }
}
