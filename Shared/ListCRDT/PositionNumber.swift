/// Signed numbers with a side in the lowest bit, in 1 to 9 bytes that compare as (number, side) does.
///
/// The first bit is 1 for numbers from 0. The ones that follow it count the bytes to come, and behind a 0 begins the
/// number; seven of them mean eight bytes. Negative numbers are the complement.
struct PositionNumber {
    private let code: UInt64
    private let mask: UInt8
    private let first: UInt8
    let count: Int

    init(_ value: Int64, right: Bool) {
        let isNegative = value < 0
        let magnitude = isNegative ? value.magnitude - 1 : value.magnitude
        code = magnitude << 1 | (right != isNegative ? 1 : 0)
        mask = isNegative ? 0xFF : 0
        var more: UInt64 = 0
        while more < 7, code >> (6 + 7 * more) > 0 { more += 1 }
        first = more == 7 ? 0xFF : UInt8(truncatingIfNeeded: 0xFF << (7 - more) | code >> (8 * more))
        count = 1 + Int(more == 7 ? 8 : more)
    }

    /// Of its bytes, 0..<count.
    private subscript(index: Int) -> UInt8 {
        (index == 0 ? first : UInt8(truncatingIfNeeded: code >> UInt64(8 * (count - 1 - index)))) ^ mask
    }

    func append(to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(self[index]) }
    }

    /// Whether these are the last bytes.
    func ends(_ bytes: [UInt8]) -> Bool {
        let start = bytes.count - count
        guard start >= 0 else { return false }
        return (0..<count).allSatisfy { bytes[start + $0] == self[$0] }
    }

    static func write(_ value: Int64, right: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        PositionNumber(value, right: right).append(to: &bytes)
        return bytes
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
