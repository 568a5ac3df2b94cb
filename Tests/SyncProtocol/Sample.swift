import ListCRDT
import SyncProtocol
import TestSupport

/// A request and an answer with something in every field.
enum Sample {
    static let replica = ReplicaID(rawValue: 0xA1)

    static func part(operations: Int) -> SyncRequest.Part {
        var document = Document(kind: .list)
        var delta = Delta(kind: .list)
        for number in 1...UInt64(operations) {
            let dot = Dot(replica, number)
            delta.merge(
                document.edit(
                    EntryKey(.items, EntryID(dot: dot)),
                    [.set(.name, .string("item \(number)")), .set(.checked, .bool(true))],
                    dot: dot, stamp: Stamp(time: number << 16, replica: replica)))
        }
        return .init(id: DocumentID(high: 3, low: 4), kind: .list, context: document.context, delta: delta)
    }

    static let request = SyncRequest(
        replica: replica,
        documents: [part(operations: 5), .init(id: DocumentID(high: 5, low: 6), kind: .shelf, context: Context())])

    static let response = SyncResponse(
        serverTimeMilliseconds: 1_700_000_000_000,
        documents: [
            .init(
                id: DocumentID(high: 3, low: 4), status: .ok, context: part(operations: 5).context,
                delta: part(operations: 2).delta, knownCounter: 12),
            .init(id: DocumentID(high: 5, low: 6), status: .notConfirmed),
        ])
}

extension SeededRandom {
    /// Changes, inserts, removes or cuts, at a random place.
    mutating func mutate(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(truncatingIfNeeded: next())) }
        let place = Int(next() % UInt64(bytes.count))
        switch next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
        case 2: bytes.remove(at: place)
        default: bytes.removeSubrange(place...)
        }
    }
}
