package import ListCRDT

/// What became of each document of a request, in the request's order.
package struct SyncResponse: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        package var id: DocumentID
        package var status: SyncStatus
        /// All that the server knows to be durable on two of three shards; with `ok`, what was pushed included.
        package var context: Context
        /// What the device lacks of `context`. Nil: nothing.
        package var delta: Delta?
        /// The highest counter of the sender's replica that the server knew before it joined this push; 0: none. See
        /// README.
        package var knownCounter: UInt64

        package init(
            id: DocumentID, status: SyncStatus, context: Context = Context(), delta: Delta? = nil,
            knownCounter: UInt64 = 0
        ) {
            self.id = id
            self.status = status
            self.context = context
            self.delta = delta
            self.knownCounter = knownCounter
        }
    }

    /// The server's clock as it answered: milliseconds since 1970.
    package var serverTimeMilliseconds: UInt64
    package var documents: [Part]

    package init(serverTimeMilliseconds: UInt64, documents: [Part]) {
        self.serverTimeMilliseconds = serverTimeMilliseconds
        self.documents = documents
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(SyncFormat.version)
        writer.varint(serverTimeMilliseconds)
        writer.varint(UInt64(documents.count))
        for part in documents {
            SyncFormat.write(part.id, to: &writer)
            writer.byte(part.status.rawValue)
            writer.bytes(part.context.encoded())
            SyncFormat.write(part.delta, to: &writer)
            writer.varint(part.knownCounter)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try SyncFormat.open(bytes)
        self.init(serverTimeMilliseconds: try reader.varint(), documents: [])
        for _ in 0..<(try SyncFormat.readCount(&reader)) { documents.append(try Part(from: &reader)) }
        try reader.finish()
    }
}

extension SyncResponse.Part {
    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        let id = try SyncFormat.readIdentifier(&reader)
        guard let status = SyncStatus(rawValue: try reader.byte()) else { throw .malformed(.tag) }
        self.init(
            id: id, status: status, context: try Context(decoding: try reader.bytes()),
            delta: try SyncFormat.readDelta(&reader), knownCounter: try reader.varint())
    }
}
