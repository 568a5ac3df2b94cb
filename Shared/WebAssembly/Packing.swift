import ListCRDT
import ReplicaCore

// How things of several parts lie in bytes between JavaScript and the module:
//
//     key        collection: byte · id: 16 bytes
//     dot        replica: 8 bytes · counter
//     stamp      time · replica: 8 bytes
//     fields     n × (field · value, as an intent has it · stamp) · n × (field · target: signed · acquired: signed · stamp)
//     operation  sequence · dot · key · intent: bytes · delta: bytes · stamp's time · at: milliseconds
//     n × thing  how many, then each

extension ByteReader {
    mutating func kind() throws(DecodingFailure) -> DocumentKind {
        let number = try byte()
        guard let kind = DocumentKind(rawValue: number) else { throw .unknownKind(number) }
        return kind
    }

    mutating func identifier() throws(DecodingFailure) -> Identifier {
        Identifier(high: try fixed64(), low: try fixed64())
    }

    mutating func key() throws(DecodingFailure) -> EntryKey {
        EntryKey(Collection(rawValue: try byte()), try identifier())
    }

    mutating func dot() throws(DecodingFailure) -> Dot {
        Dot(ReplicaID(rawValue: try fixed64()), try varint())
    }

    /// All of them joined; an empty one where there are none.
    mutating func deltas() throws(DecodingFailure) -> Delta {
        let number = try count()
        guard number > 0 else { return Delta(kind: .list) }
        var joined = try Delta(decoding: try bytes())
        for _ in 1..<number { joined.merge(try Delta(decoding: try bytes())) }
        return joined
    }

    mutating func operation() throws(DecodingFailure) -> PendingOperation {
        PendingOperation(
            sequence: Int64(bitPattern: try varint()), dot: try dot(), key: try key(),
            intent: try Intent(decoding: try bytes()), delta: try Delta(decoding: try bytes()),
            stampTime: try varint(), atMilliseconds: try varint())
    }
}

extension ByteWriter {
    mutating func key(_ key: EntryKey) {
        byte(key.collection.rawValue)
        raw(key.id.bytes)
    }

    mutating func dot(_ dot: Dot) {
        fixed64(dot.replica.rawValue)
        varint(dot.counter)
    }

    mutating func fields(_ fields: Fields) {
        varint(UInt64(fields.registers.count))
        for slot in fields.registers {
            varint(UInt64(slot.field.rawValue))
            slot.content.value.write(to: &self)
            stamp(slot.content.stamp)
        }
        varint(UInt64(fields.counters.count))
        for slot in fields.counters {
            varint(UInt64(slot.field.rawValue))
            signed(slot.content.target)
            signed(slot.content.acquired)
            stamp(slot.content.epoch)
        }
    }

    private mutating func stamp(_ stamp: Stamp) {
        varint(stamp.time)
        fixed64(stamp.replica.rawValue)
    }

    mutating func entries(of document: Document) {
        varint(UInt64(document.entries.count + document.hidden.count))
        for each in [document.entries, document.hidden] {
            for (key, entry) in each {
                self.key(key)
                bytes(entry.encoded())
            }
        }
    }

    mutating func operation(_ operation: PendingOperation) {
        varint(UInt64(bitPattern: operation.sequence))
        dot(operation.dot)
        key(operation.key)
        bytes(operation.intent.encoded())
        bytes(operation.delta.encoded())
        varint(operation.stampTime)
        varint(operation.atMilliseconds)
    }
}
