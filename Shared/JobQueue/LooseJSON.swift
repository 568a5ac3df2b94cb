internal import Foundation

/// JSON that another client wrote: read for what it has, whatever else is there.
enum LooseJSON: Decodable, Sendable {
    case flag(Bool), number(Double), text(String), object([String: LooseJSON]), other

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = (try? value.decode([String: LooseJSON].self)).map(LooseJSON.object) ?? .other
        }
    }

    /// Text that is not JSON reads as `other`.
    init(_ text: String) {
        self = (try? JSONDecoder().decode(LooseJSON.self, from: Data(text.utf8))) ?? .other
    }

    subscript(member: String) -> LooseJSON? {
        if case .object(let members) = self { members[member] } else { nil }
    }

    var number: Double? { if case .number(let number) = self, number.isFinite { number } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// A number that is not negative, without its fraction.
    var count: UInt64? {
        guard let number, number >= 0 else { return nil }
        return UInt64(min(number, 0x1p52))
    }
}
