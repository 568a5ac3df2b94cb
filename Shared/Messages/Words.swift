package import ListCRDT

/// Lists of words in fields that people read: each once, in the order of first appearance, with spaces between.
package enum Words {
    package static func distinct(_ words: [String]) -> String {
        guard words.count > 1 else { return words.first ?? "" }
        var seen: Set<String> = []
        return words.filter { seen.insert($0).inserted }.joined(separator: " ")
    }

    package static func hex(_ ids: [Identifier]) -> String {
        hex(of: ids, width: 2) { id, index in index == 0 ? id.high : id.low }
    }

    /// Zeros are left out.
    package static func hex(_ numbers: [UInt64]) -> String {
        hex(of: numbers.allSatisfy { $0 != 0 } ? numbers : numbers.filter { $0 != 0 }, width: 1) { number, _ in number }
    }

    /// Eight digits at a time, a byte each: spread, then turned from 0...15 into the characters.
    private static func digits(of number: UInt64, at start: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) {
        for half in 0..<2 {
            var spread = half == 0 ? number >> 32 : number & 0xFFFF_FFFF
            spread = (spread | spread << 16) & 0x0000_FFFF_0000_FFFF
            spread = (spread | spread << 8) & 0x00FF_00FF_00FF_00FF
            spread = (spread | spread << 4) & 0x0F0F_0F0F_0F0F_0F0F
            // 1 in each byte that is a letter.
            let letters = (spread + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
            let text = spread + 0x3030_3030_3030_3030 + letters * UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
            for index in 0..<8 {
                buffer[start + half * 8 + index] = UInt8(truncatingIfNeeded: text >> UInt64(56 - index * 8))
            }
        }
    }

    /// `width`: how many times sixteen digits an element takes.
    private static func hex<Element: Hashable>(
        of elements: [Element], width: Int, _ part: (Element, Int) -> UInt64
    ) -> String {
        var seen: Set<Element> = []
        let distinct = elements.count > 1 ? elements.filter { seen.insert($0).inserted } : elements
        guard !distinct.isEmpty else { return "" }
        let length = distinct.count * (width * 16 + 1) - 1
        return String(unsafeUninitializedCapacity: length) { buffer in
            var at = 0
            for element in distinct {
                if at > 0 {
                    buffer[at] = UInt8(ascii: " ")
                    at += 1
                }
                for index in 0..<width {
                    digits(of: part(element, index), at: at, in: buffer)
                    at += 16
                }
            }
            return at
        }
    }
}

/// Sixteen lowercase hexadecimal digits.
package func hexDigits(_ value: UInt64) -> String {
    value == 0 ? String(repeating: "0", count: 16) : Words.hex([value])
}
