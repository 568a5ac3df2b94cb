import Foundation

/// SplitMix64. `LARDER_TEST_SEED` replays one seed in place of a test's own.
struct Seed: RandomNumberGenerator, CustomStringConvertible {
    let start: UInt64
    private var state: UInt64

    init(_ start: UInt64) {
        self.start = start
        state = start
    }

    static func some(_ count: Int) -> [Seed] {
        if let text = ProcessInfo.processInfo.environment["LARDER_TEST_SEED"], let seed = UInt64(text) {
            return [Seed(seed)]
        }
        return (1...UInt64(count)).map { Seed($0 &* 0x2545_F491_4F6C_DD1D) }
    }

    var description: String { "replay with LARDER_TEST_SEED=\(start)" }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
