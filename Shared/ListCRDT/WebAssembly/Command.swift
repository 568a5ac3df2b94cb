/// An operation as JavaScript encodes it, with the numbers of `ByteWriter`:
///
///     collection: byte · id: 16 bytes · replica: 8 bytes · counter: varint · time: varint
///     0 remove, or 1 edit and then changes: varint · each: field: varint · 0 value | 1 target: signed | 2 amount: signed
///     value: tag (0 null, 1 false, 2 true, 3 int, 4 string, 5 bytes) and its signed number, text or bytes
struct Command {
    private let key: EntryKey
    private let dot: Dot
    private let stamp: Stamp
    /// Nil: remove.
    private let changes: [FieldChange]?

    init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        let collection = Collection(rawValue: try reader.byte())
        key = EntryKey(collection, EntryID(high: try reader.fixed64(), low: try reader.fixed64()))
        let replica = ReplicaID(rawValue: try reader.fixed64())
        dot = Dot(replica, try reader.varint())
        stamp = Stamp(time: try reader.varint(), replica: replica)
        changes = try reader.byte() == 0 ? nil : Command.changes(&reader)
        try reader.finish()
    }

    func apply(to document: inout Document) -> Delta {
        guard let changes else { return document.remove(key, dot: dot) }
        return document.edit(key, changes, dot: dot, stamp: stamp)
    }

    private static func changes(_ reader: inout ByteReader) throws(DecodingFailure) -> [FieldChange] {
        var changes: [FieldChange] = []
        for _ in 0..<(try reader.count()) {
            guard let number = UInt16(exactly: try reader.varint()) else { throw .malformed(.tag) }
            let field = Field(rawValue: number)
            switch try reader.byte() {
            case 0: changes.append(.set(field, try value(&reader)))
            case 1: changes.append(.setTarget(field, try reader.signed()))
            case 2: changes.append(.add(field, try reader.signed()))
            default: throw .malformed(.tag)
            }
        }
        return changes
    }

    private static func value(_ reader: inout ByteReader) throws(DecodingFailure) -> Value {
        switch try reader.byte() {
        case 0: .null
        case 1: .bool(false)
        case 2: .bool(true)
        case 3: .int(try reader.signed())
        case 4: .string(try reader.string())
        case 5: .bytes(try reader.bytes())
        default: throw .malformed(.tag)
        }
    }
}
