/// What a register holds. Strings are equal when their bytes are: two spellings of one character are two values.
package enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case string(String)
    case bytes([UInt8])

    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.string(let left), .string(let right)):
            left.withBytes { left in right.withBytes { left.elementsEqual($0) } }
        case (.bytes(let left), .bytes(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(tag)
        switch self {
        case .null, .bool: break
        case .int(let number): hasher.combine(number)
        case .string(let text): text.withBytes { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        case .bytes(let bytes): hasher.combine(bytes)
        }
    }

    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var integer: Int64? {
        if case .int(let number) = self { number } else { nil }
    }

    package var truth: Bool? {
        if case .bool(let truth) = self { truth } else { nil }
    }

    package var data: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    /// Beside its own place.
    var memoryBytes: Int {
        switch self {
        case .null, .bool, .int: 0
        case .string(let text): text.utf8.count <= 15 ? 0 : 32 + text.utf8.count
        case .bytes(let bytes): 32 + bytes.count
        }
    }

    /// Order of the encoded bytes: decides between equal stamps, and means nothing else.
    func encodedPrecedes(_ other: Value) -> Bool {
        encodedAlone.lexicographicallyPrecedes(other.encodedAlone)
    }

    private var encodedAlone: [UInt8] {
        var writer = ByteWriter()
        writer.byte(tag)
        switch self {
        case .null, .bool: break
        case .int(let number): writer.signed(number)
        case .string(let text): writer.string(text)
        case .bytes(let bytes): writer.bytes(bytes)
        }
        return writer.bytes
    }

    /// 0 null, 1 false, 2 true, 3 int, 4 string, 5 bytes. The encoded form keeps 6 for counters and 7 for what comes.
    var tag: UInt8 {
        switch self {
        case .null: 0
        case .bool(let truth): truth ? 2 : 1
        case .int: 3
        case .string: 4
        case .bytes: 5
        }
    }
}
