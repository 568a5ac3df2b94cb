package import ListCRDT

/// Operations on one document to keep, as `write` and `apply` carry them.
package struct WritePayload: Sendable, Equatable {
    package var kind: DocumentKind
    package var operations: [LoggedOperation]

    package init(kind: DocumentKind, operations: [LoggedOperation]) {
        self.kind = kind
        self.operations = operations
    }

    /// All that the operations speak for: what a hint names.
    package var dots: Context { operations.reduce(into: Context()) { $0.formUnion($1.delta.covered) } }

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.byte(kind.rawValue)
        LoggedOperation.encode(operations, into: &writer)
        return writer.bytes
    }

    package init(decoding payload: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(payload)
        guard let kind = DocumentKind(rawValue: try reader.byte()) else { throw .malformed(.shape) }
        self.init(kind: kind, operations: try LoggedOperation.decode(from: &reader))
        guard reader.atEnd else { throw .trailingBytes }
    }
}

/// What became of a write: `written`, `applied` and `saved` carry it.
package struct WriteResult: Sendable, Equatable {
    package enum Status: UInt8, Sendable {
        /// Committed: by this shard (`applied`), or by two of three (`written`, `saved`).
        case committed = 0
        /// Not known to be committed; it may be. Send it again.
        case unconfirmed = 1
        /// The sender's placement is older than the shard's: fetch it anew and send again.
        case staleEpoch = 2
        /// The bytes make no sense to the receiver. Sending them again will not help.
        case refused = 3
    }

    package var status: Status
    /// The document's context after the commit; empty unless committed.
    package var context: Context

    package init(_ status: Status, context: Context = Context()) {
        self.status = status
        self.context = context
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.byte(status.rawValue)
        writer.bytes(context.encoded())
        return writer.bytes
    }

    package init(decoding payload: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(payload)
        guard let status = Status(rawValue: try reader.byte()) else { throw .malformed(.shape) }
        self.init(status, context: try Context(decoding: try reader.bytes()))
        guard reader.atEnd else { throw .trailingBytes }
    }
}
