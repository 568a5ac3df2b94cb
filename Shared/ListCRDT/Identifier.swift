package typealias DocumentID = Identifier
package typealias EntryID = Identifier
package typealias UserID = Identifier

/// 128 bits that name a document, an entry or a person. Its text form is exactly 32 lowercase hexadecimal digits.
package struct Identifier: Hashable, Comparable, Sendable {
    package static let zero = Identifier(high: 0, low: 0)

    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id of the entry that the operation `dot` creates: unique because dots are, and a few bytes when encoded.
    package init(dot: Dot) {
        self.init(high: dot.replica.rawValue, low: dot.counter)
    }

    package init?(hex: String) {
        let digits = Array(hex.utf8)
        guard let high = Hexadecimal.value(of: digits.prefix(16)),
            let low = Hexadecimal.value(of: digits.dropFirst(16))
        else { return nil }
        self.init(high: high, low: low)
    }

    package var hex: String {
        String(decoding: Hexadecimal.digits(of: high) + Hexadecimal.digits(of: low), as: UTF8.self)
    }

    /// Exactly 16 bytes, the most significant first, or nil.
    package init?(bytes: some Swift.Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        for byte in bytes {
            halves.high = halves.high << 8 | halves.low >> 56
            halves.low = halves.low << 8 | UInt64(byte)
        }
        self.init(high: halves.high, low: halves.low)
    }

    package var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.fixed64(high)
        writer.fixed64(low)
        return writer.bytes
    }

    package static func < (left: Identifier, right: Identifier) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}
