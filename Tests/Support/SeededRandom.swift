import Foundation

/// SplitMix64: one number decides a whole run's draws.
package struct SeededRandom: RandomNumberGenerator, Sendable, CustomStringConvertible {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The arguments of a test: so many seeds, or the one of `LARDER_TEST_SEED`, which replays it.
    package static func some(_ count: Int) -> [SeededRandom] {
        if let text = ProcessInfo.processInfo.environment["LARDER_TEST_SEED"], let seed = UInt64(text) {
            return [SeededRandom(seed: seed)]
        }
        return (1...UInt64(count)).map { SeededRandom(seed: $0 &* 0x2545_F491_4F6C_DD1D) }
    }

    package var description: String { "replay with LARDER_TEST_SEED=\(seed)" }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
