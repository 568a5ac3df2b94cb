/// Why bytes are not a document, delta, entry or context. The fault is the sender's: the same bytes will never decode.
package enum DecodingFailure: Error, Hashable, Sendable {
    package enum Part: Hashable, Sendable {
        case shape, number, text, tag, dot, stamp, replica, order, counter, context, entry
    }

    case truncated
    case malformed(Part)
    /// More fields in a version than `Fields.countMax`.
    case tooLarge
    case trailingBytes
    case unsupportedVersion(UInt8)
    case unknownKind(UInt8)
    /// It has a meaning, but not the one byte string that says it.
    case notCanonical
}
