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
                    let number = part(element, index)
                    for shift in stride(from: 60, through: 0, by: -4) {
                        let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 15
                        buffer[at] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                        at += 1
                    }
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
