/// Signed numbers with a side in the lowest bit, in 1 to 9 bytes that compare as (number, side) does.
///
/// The first bit is 1 for numbers from 0. The ones that follow it count the bytes to come, and behind a 0 begins the
/// number; seven of them mean eight bytes. Negative numbers are the complement.
enum PositionNumber {
    static func write(_ value: Int64, right: Bool) -> [UInt8] {
        let isNegative = value < 0
        let magnitude = isNegative ? value.magnitude - 1 : value.magnitude
        let code = magnitude << 1 | (right != isNegative ? 1 : 0)
        var more: UInt64 = 0
        while more < 7, code >> (6 + 7 * more) > 0 { more += 1 }
        var bytes = [more == 7 ? 0xFF : UInt8(truncatingIfNeeded: 0xFF << (7 - more) | code >> (8 * more))]
        for index in stride(from: Int(more == 7 ? 8 : more) - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: code >> UInt64(8 * index)))
        }
        return isNegative ? bytes.map { ~$0 } : bytes
    }

    /// The number at `index`, which passes it; nil if there is none, or a shorter form of it.
    static func read(_ bytes: [UInt8], at index: inout Int) -> (value: Int64, isRight: Bool)? {
        guard index < bytes.count else { return nil }
        let mask: UInt8 = bytes[index] < 0x80 ? 0xFF : 0
        let first = bytes[index] ^ mask
        let more = (~first).leadingZeroBitCount - 1
        let end = index + 1 + (more == 7 ? 8 : more)
        guard end <= bytes.count else { return nil }
        var code = more == 7 ? 0 : UInt64(first & (0x3F >> UInt8(more)))
        for byte in bytes[index + 1..<end] { code = code << 8 | UInt64(byte ^ mask) }
        index = end
        guard more == 0 || code >> UInt64(7 * more - 1) > 0 else { return nil }
        let half = Int64(code >> 1)
        return (mask == 0 ? half : -half - 1, bytes[end - 1] & 1 == 1)
    }
}
