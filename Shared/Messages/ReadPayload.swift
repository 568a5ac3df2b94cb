package import ListCRDT

/// A question about one document, as `read` and `fetch` carry it.
package struct ReadPayload: Sendable, Equatable {
    /// What a reader wants to know.
    package enum What: Sendable, Equatable {
        /// All that a copy with this context lacks, joined; an empty context asks for the whole.
        case missing(since: Context)
        /// The same as single operations, as a shard that was behind must log them.
        case operations(since: Context)
        /// Head and members alone: enough to know who may do what.
        case access
        /// Head, members and these entries.
        case entries([EntryKey])
        /// Head, members and the newest operations, at most this many.
        case history(limit: Int)
        /// The context alone.
        case context
    }

    /// Entries that one read may name.
    package static let entriesMax = 1_000
    package static let historyMax = 1_000

    /// What the document is taken for. One of another kind is not told of.
    package var kind: DocumentKind
    package var what: What

    package init(_ kind: DocumentKind, _ what: What) {
        self.kind = kind
        self.what = what
    }
}

extension ReadPayload {
    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.byte(kind.rawValue)
        writer.byte(what.code)
        switch what {
        case .missing(let context), .operations(let context): writer.bytes(context.encoded())
        case .entries(let keys):
            writer.varint(UInt64(keys.count))
            for key in keys {
                writer.byte(key.collection.rawValue)
                writer.fixed64(key.id.high)
                writer.fixed64(key.id.low)
            }
        case .history(let limit): writer.varint(UInt64(limit))
        case .access, .context: break
        }
        return writer.bytes
    }

    package init(decoding payload: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(payload)
        let code = try reader.byte()
        guard let kind = DocumentKind(rawValue: code) else { throw .unknownKind(code) }
        self.init(kind, try What(from: &reader))
        guard reader.atEnd else { throw .trailingBytes }
    }
}

extension ReadPayload.What {
    fileprivate var code: UInt8 {
        switch self {
        case .missing: 0
        case .operations: 1
        case .access: 2
        case .entries: 3
        case .history: 4
        case .context: 5
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(DecodingFailure) {
        switch try reader.byte() {
        case 0: self = .missing(since: try Context(decoding: try reader.bytes()))
        case 1: self = .operations(since: try Context(decoding: try reader.bytes()))
        case 2: self = .access
        case 3: self = .entries(try Self.keys(&reader))
        case 4: self = .history(limit: try Self.limit(&reader))
        case 5: self = .context
        default: throw .malformed(.tag)
        }
    }

    private static func limit(_ reader: inout ByteReader) throws(DecodingFailure) -> Int {
        let limit = try reader.varint()
        guard limit <= UInt64(ReadPayload.historyMax) else { throw .tooLarge }
        return Int(limit)
    }

    private static func keys(_ reader: inout ByteReader) throws(DecodingFailure) -> [EntryKey] {
        let count = try reader.varint()
        guard count <= UInt64(ReadPayload.entriesMax) else { throw .tooLarge }
        var keys: [EntryKey] = []
        for _ in 0..<count {
            let collection = Collection(rawValue: try reader.byte())
            keys.append(EntryKey(collection, EntryID(high: try reader.fixed64(), low: try reader.fixed64())))
        }
        return keys
    }
}

/// The answer to a read: `answer` and `fetched` carry it.
package struct ReadResult: Sendable, Equatable {
    package enum Status: UInt8, Sendable {
        case found = 0
        /// Two of three shards could not be reached in time.
        case unreachable = 1
        /// The sender's placement is older than the shard's: fetch it anew and ask again.
        case staleEpoch = 2
        case refused = 3
    }

    package var status: Status
    /// The document's whole context, whatever part of it was asked for. Empty: there is no such document.
    package var context: Context
    package var delta: Delta?
    /// Single operations, where they were asked for. A history comes newest first.
    package var operations: [LoggedOperation]

    package init(
        _ status: Status, context: Context = Context(), delta: Delta? = nil, operations: [LoggedOperation] = []
    ) {
        self.status = status
        self.context = context
        self.delta = delta
        self.operations = operations
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.byte(status.rawValue)
        writer.bytes(context.encoded())
        writer.bytes(delta?.encoded() ?? [])
        LoggedOperation.encode(operations, into: &writer)
        return writer.bytes
    }

    package init(decoding payload: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(payload)
        guard let status = Status(rawValue: try reader.byte()) else { throw .malformed(.shape) }
        self.init(status, context: try Context(decoding: try reader.bytes()))
        let bytes = try reader.bytes()
        if !bytes.isEmpty { delta = try Delta(decoding: bytes) }
        operations = try LoggedOperation.decode(from: &reader)
        guard reader.atEnd else { throw .trailingBytes }
    }
}
