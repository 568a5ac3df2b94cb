/// One reply of RESP2, as it came.
package enum RedisValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case status(String)
    case bytes([UInt8])
    case array([RedisValue])
    /// The server's error line, code first: `WRONGTYPE Operation against …`. Seen inside arrays and pipelines only.
    case error(String)
}

extension RedisValue {
    /// The text of a status, or of bytes that are UTF-8.
    package var string: String? {
        switch self {
        case .status(let text): text
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// A whole number, also one written as decimal text, as scripts and hashes have it.
    package var int: Int64? {
        if case .integer(let number) = self { number } else { string.flatMap { Int64($0) } }
    }

    package var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .status(let text): Array(text.utf8)
        default: nil
        }
    }

    package var array: [RedisValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var isNull: Bool { self == .null }
}
