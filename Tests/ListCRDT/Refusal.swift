import ListCRDT
import Testing

/// Bytes that are no document, and why; also among the golden vectors.
struct Refusal: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let failure: DecodingFailure

    var testDescription: String { name }

    /// A context of one replica and one run, then one item whose id is not minted from a dot, with one version.
    private static let replica: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 9]
    private static let context: [UInt8] = [1, 0] + replica + [1, 0, 0]
    private static let item: [UInt8] = [1, 1, 1, 0] + [UInt8](repeating: 7, count: 16) + [2]
    private static let dot: [UInt8] = [1, 2]

    private static func document(_ parts: [UInt8]...) -> [UInt8] {
        [0x51, 0] + parts.flatMap { $0 }
    }

    static let all: [Refusal] = [
        Refusal(name: "nothing", bytes: [], failure: .truncated),
        Refusal(name: "a later version of the form", bytes: [0x52, 0, 0, 0], failure: .unsupportedVersion(2)),
        Refusal(name: "a context", bytes: [0x11, 0], failure: .malformed(.shape)),
        Refusal(name: "a kind to come", bytes: [0x51, 9, 0, 0], failure: .unknownKind(9)),
        Refusal(name: "bytes behind the end", bytes: [0x51, 0, 0, 0, 0], failure: .trailingBytes),
        Refusal(name: "a number with a needless byte", bytes: [0x51, 0, 0x80, 0, 0], failure: .malformed(.number)),
        Refusal(name: "a replica that was not mentioned", bytes: document([1, 1]), failure: .malformed(.replica)),
        Refusal(
            name: "a counter past Int64.max",
            bytes: document([1, 0], replica, [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0]),
            failure: .malformed(.context)),
        Refusal(
            name: "ranges that touch", bytes: document([1, 0], replica, [2, 0, 0, 0, 0, 0]),
            failure: .malformed(.order)),
        Refusal(
            name: "a replica twice", bytes: document([2, 0], replica, [1, 0, 0, 0, 1, 5, 0, 0]),
            failure: .malformed(.order)),
        Refusal(name: "a replica without ranges", bytes: document([1, 0], replica, [0, 0]), failure: .notCanonical),
        Refusal(
            name: "a version that the context lacks", bytes: document([0], item, [1], replica, [2, 0]),
            failure: .malformed(.entry)),
        Refusal(name: "a dot with counter 0", bytes: document(context, item, [1, 0, 0]), failure: .malformed(.dot)),
        Refusal(
            name: "the creator's dot of an entry that names none", bytes: document(context, item, [0, 0]),
            failure: .malformed(.dot)),
        Refusal(
            name: "an entry with nothing", bytes: document(context, item.dropLast() + [0]),
            failure: .malformed(.entry)),
        Refusal(
            name: "a version of a dot unseen", bytes: document(context, item, [1, 4, 0]), failure: .malformed(.entry)),
        Refusal(
            name: "more fields than a version may have",
            bytes: document(context, item, dot, [0x81, 2], [UInt8](repeating: 0, count: 300)), failure: .tooLarge),
        Refusal(
            name: "a field's tag that means nothing", bytes: document(context, item, dot, [1, 0x0F, 2]),
            failure: .malformed(.tag)),
        Refusal(
            name: "a stamp like the one before the first", bytes: document(context, item, dot, [1, 0x08, 0]),
            failure: .malformed(.stamp)),
        Refusal(
            name: "a stamp past the end of time",
            bytes: document(context, item, dot, [1, 0x08, 3, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]),
            failure: .malformed(.stamp)),
        Refusal(
            name: "text that is not UTF-8", bytes: document(context, item, dot, [1, 0x0C, 2, 2, 0xC3, 0x28]),
            failure: .malformed(.text)),
        Refusal(
            name: "fields out of order", bytes: document(context, item, dot, [2, 0x10, 2, 0x08, 2]),
            failure: .malformed(.order)),
        Refusal(
            name: "more shared bytes than were before", bytes: document(context, item, dot, [1, 0x0D, 2, 2, 0]),
            failure: .malformed(.number)),
        Refusal(
            name: "a share of a counter with nothing in it",
            bytes: document(context, item, dot, [1, 0x0E, 2, 0, 1, 0, 0, 0]), failure: .malformed(.counter)),
        Refusal(
            name: "a share past Int64.max",
            bytes: document(
                context, item, dot,
                [1, 0x0E, 2, 0, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0]),
            failure: .malformed(.counter)),
    ]
}
