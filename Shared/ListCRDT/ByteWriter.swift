/// Appends numbers and bytes in the forms that `ByteReader` reads.
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package init(reservingCapacity capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    package mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    /// Seven bits a byte, the least significant first: 1 to 10 bytes.
    package mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Small magnitudes of either sign take few bytes.
    package mutating func signed(_ number: Int64) {
        varint(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// Eight bytes, the most significant first.
    package mutating func fixed64(_ number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func raw(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// The length, then the bytes.
    package mutating func bytes(_ more: [UInt8]) {
        varint(UInt64(more.count))
        bytes.append(contentsOf: more)
    }

    /// The length in bytes, then UTF-8.
    package mutating func string(_ text: String) {
        text.withBytes { utf8 in
            varint(UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }
}
