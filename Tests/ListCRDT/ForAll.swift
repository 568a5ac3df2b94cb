import Foundation
import TestSupport
import Testing

extension SeededRandom {
    mutating func chance(_ oneIn: Int) -> Bool {
        Int.random(in: 0..<oneIn, using: &self) == 0
    }

    mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self)
    }
}

/// What a case violates.
struct Counterexample: Error, CustomStringConvertible {
    let description: String
}

func require(_ holds: @autoclosure () throws -> Bool, _ claim: @autoclosure () -> String) throws {
    if try !holds() { throw Counterexample(description: claim()) }
}

/// How many times more cases an optimised test run tries.
#if DEBUG
    let caseFactor = 1
#else
    let caseFactor = 10
#endif

/// Tries a property on many random cases, other ones in each run; stops at the first that violates it and says how to
/// replay that one.
func forAll(
    cases: Int, sourceLocation: SourceLocation = #_sourceLocation, _ property: (inout SeededRandom) throws -> Void
) {
    let replayed = ProcessInfo.processInfo.environment["LARDER_TEST_SEED"].flatMap { UInt64($0) }
    let first = replayed ?? UInt64.random(in: 0...UInt64(UInt32.max))
    for seed in first..<(first + UInt64(replayed == nil ? cases : 1)) {
        var random = SeededRandom(seed: seed)
        do {
            try property(&random)
        } catch {
            Issue.record(
                "seed \(seed): \(error); replay with LARDER_TEST_SEED=\(seed) swift test --filter ListCRDTTests",
                sourceLocation: sourceLocation)
            return
        }
    }
}
