package import ListCRDT

/// What an operation was meant to do to its entry: enough to do it again under another dot.
package enum Intent: Hashable, Sendable {
    case change([FieldChange])
    case remove

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        guard case .change(let changes) = self else { return [] }
        writer.varint(UInt64(changes.count))
        for change in changes { change.write(to: &writer) }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        guard !bytes.isEmpty else {
            self = .remove
            return
        }
        var reader = ByteReader(bytes)
        var changes: [FieldChange] = []
        for _ in 0..<(try reader.varint()) { changes.append(try FieldChange(from: &reader)) }
        try reader.finish()
        self = .change(changes)
    }
}

extension FieldChange {
    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .set(let field, let value):
            writer.byte(0)
            writer.varint(UInt64(field.rawValue))
            value.write(to: &writer)
        case .setTarget(let field, let target):
            writer.byte(1)
            writer.varint(UInt64(field.rawValue))
            writer.signed(target)
        case .add(let field, let amount):
            writer.byte(2)
            writer.varint(UInt64(field.rawValue))
            writer.signed(amount)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        let tag = try reader.byte()
        guard let number = UInt16(exactly: try reader.varint()) else { throw .malformed(.number) }
        let field = Field(rawValue: number)
        switch tag {
        case 0: self = .set(field, try Value(from: &reader))
        case 1: self = .setTarget(field, try reader.signed())
        case 2: self = .add(field, try reader.signed())
        default: throw .malformed(.tag)
        }
    }
}

extension Value {
    package func write(to writer: inout ByteWriter) {
        switch self {
        case .null: writer.byte(0)
        case .bool(let truth): writer.byte(truth ? 2 : 1)
        case .int(let number):
            writer.byte(3)
            writer.signed(number)
        case .string(let text):
            writer.byte(4)
            writer.string(text)
        case .bytes(let bytes):
            writer.byte(5)
            writer.bytes(bytes)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        switch try reader.byte() {
        case 0: self = .null
        case 1: self = .bool(false)
        case 2: self = .bool(true)
        case 3: self = .int(try reader.signed())
        case 4: self = .string(try reader.string())
        case 5: self = .bytes(try reader.bytes())
        default: throw .malformed(.tag)
        }
    }
}
