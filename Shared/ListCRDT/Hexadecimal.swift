/// Lowercase hexadecimal text of fixed width, the only text form of identifiers.
enum Hexadecimal {
    static func digits(of value: UInt64) -> [UInt8] {
        (0..<16).map { position in
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * position)) & 0xF
            return nibble < 10 ? 0x30 + nibble : 0x57 + nibble
        }
    }

    /// Nil unless there are exactly 16 digits of 0–9 and a–f.
    static func value(of digits: some Swift.Collection<UInt8>) -> UInt64? {
        guard digits.count == 16 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(digit - 0x57)
            default: return nil
            }
        }
        return value
    }
}
