package import ListCRDT

/// What a device pushes and asks for, in one exchange.
package struct SyncRequest: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        package var id: DocumentID
        package var kind: DocumentKind
        /// All that the device has, what it pushes here included. Empty: it wants the whole document.
        package var context: Context
        /// Operations of the sender alone. Nil: only asks.
        package var delta: Delta?
        /// The highest counter of the sender that an answer has acknowledged to it in this document; 0: none. `.max`:
        /// it cannot tell.
        package var acknowledgedCounter: UInt64

        package init(
            id: DocumentID, kind: DocumentKind, context: Context, delta: Delta? = nil,
            acknowledgedCounter: UInt64 = .max
        ) {
            self.id = id
            self.kind = kind
            self.context = context
            self.delta = delta
            self.acknowledgedCounter = acknowledgedCounter
        }

        /// Whether the server knows operations of the sender that the sender does not know to be there: an answer was
        /// lost, or another life of it has used the same dots. Then nothing of the push may be joined: answer
        /// `staleReplica`.
        ///
        /// - Parameter knownCounter: the highest counter of the sender that the server knows in this document, before
        ///   the push.
        package func isStale(knownCounter: UInt64) -> Bool {
            delta != nil && knownCounter > acknowledgedCounter
        }
    }

    /// Whose operations the deltas hold.
    package var replica: ReplicaID
    /// At most `SyncFormat.documentsMax`, each document once.
    package var documents: [Part]

    package init(replica: ReplicaID, documents: [Part]) {
        self.replica = replica
        self.documents = documents
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(SyncFormat.version)
        writer.fixed64(replica.rawValue)
        writer.varint(UInt64(documents.count))
        for part in documents {
            SyncFormat.write(part.id, to: &writer)
            writer.byte(part.kind.rawValue)
            writer.bytes(part.context.encoded())
            SyncFormat.write(part.delta, to: &writer)
            writer.varint(part.acknowledgedCounter)
        }
        return writer.bytes
    }

    /// Refuses more bytes, documents or operations than `SyncFormat` allows, a document named twice, and a delta of
    /// another kind than its part's.
    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        guard bytes.count <= SyncFormat.requestBytesMax else { throw .tooLarge }
        var reader = try SyncFormat.open(bytes)
        self.init(replica: ReplicaID(rawValue: try reader.fixed64()), documents: [])
        for _ in 0..<(try SyncFormat.readCount(&reader)) { documents.append(try Part(from: &reader)) }
        try reader.finish()
        guard Set(documents.map { $0.id }).count == documents.count else { throw .malformed(.shape) }
        guard operationCount <= UInt64(SyncFormat.operationsMax) else { throw .tooLarge }
    }

    /// The sender's operations that all deltas speak for, those they replace included.
    package var operationCount: UInt64 {
        documents.reduce(0) { total, part in
            let (sum, overflow) = total.addingReportingOverflow(part.delta?.operationCount(of: replica) ?? 0)
            return overflow ? .max : sum
        }
    }
}

extension SyncRequest.Part {
    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        let id = try SyncFormat.readIdentifier(&reader)
        let number = try reader.byte()
        guard let kind = DocumentKind(rawValue: number) else { throw .unknownKind(number) }
        let context = try Context(decoding: try reader.bytes())
        let delta = try SyncFormat.readDelta(&reader)
        guard delta == nil || delta?.kind == kind else { throw .malformed(.shape) }
        self.init(id: id, kind: kind, context: context, delta: delta, acknowledgedCounter: try reader.varint())
    }
}
