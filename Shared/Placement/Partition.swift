package import ListCRDT

/// One of the 256 slices of the hash space.
package struct Partition: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let count = 256

    package let number: UInt8

    package init(number: UInt8) {
        self.number = number
    }

    /// Where a document lives, for ever: every stored document sits where this function put it, so it never changes.
    ///
    /// The top 8 bits of a 64-bit hash in which every bit of the id has a part.
    package init(of document: DocumentID) {
        number = UInt8(truncatingIfNeeded: mixed(mixed(document.high) ^ document.low) >> 56)
    }

    package static var all: [Partition] { (0...UInt8.max).map(Partition.init(number:)) }

    package var description: String { String(number) }

    package static func < (left: Partition, right: Partition) -> Bool { left.number < right.number }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014) after its increment: a bijection whose output bits each
/// depend on all input bits.
func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}
