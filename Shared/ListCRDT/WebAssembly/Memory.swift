/// What the exports keep between calls: documents by handle, and the bytes of the last result.
///
/// The interface is in Exports.swift; README.md describes how to call it.
struct Memory {
    private var documents: [Int32: Document] = [:]
    private var latestHandle: Int32 = 0
    private(set) var result = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// A new handle, from 1; handles are never used again.
    mutating func keep(_ document: Document) -> Int32 {
        latestHandle += 1
        documents[latestHandle] = document
        return latestHandle
    }

    mutating func forget(_ handle: Int32) {
        documents[handle] = nil
    }

    /// Calls `body` with the document, changed in place.
    mutating func document<Result>(
        _ handle: Int32, _ body: (inout Document) throws(CallFailure) -> Result
    ) throws(CallFailure) -> Result {
        guard var document = documents.removeValue(forKey: handle) else { throw .unknownHandle }
        defer { documents[handle] = document }
        return try body(&document)
    }

    /// Keeps the bytes for the caller until the next result, and returns how many there are.
    mutating func giveBack(_ bytes: [UInt8]) -> Int32 {
        result.deallocate()
        result = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        result.copyBytes(from: bytes)
        return Int32(bytes.count)
    }
}

/// Why a call did nothing; the caller sees the negative number.
enum CallFailure: Error {
    case decoding(DecodingFailure)
    case unknownHandle
    /// The operation's dot is not new, or an item without a name would come of it.
    case refused

    var code: Int32 {
        switch self {
        case .decoding(.truncated): -1
        case .decoding(.malformed): -2
        case .decoding(.tooLarge): -3
        case .decoding(.trailingBytes): -4
        case .decoding(.unsupportedVersion): -5
        case .decoding(.unknownKind): -6
        case .decoding(.notCanonical): -7
        case .unknownHandle: -8
        case .refused: -9
        }
    }
}
