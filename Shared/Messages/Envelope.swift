package import ListCRDT
package import Redis

/// What an entry asks for or answers.
package enum MessageKind: String, Sendable, CaseIterable {
    /// To the ring: keep these operations. Payload: `WritePayload`. Answered by `written`.
    case write
    /// To the ring: tell what is kept. Payload: `ReadPayload`. Answered by `answer`.
    case read
    /// To a shard: keep these operations. Payload: `WritePayload`. Answered by `applied`.
    case apply
    /// To a shard: tell what you hold. Payload: `ReadPayload`. Answered by `fetched`.
    case fetch
    /// To a shard: note that another missed something. Payload: `HintPayload`. Not answered.
    case hint
    case written, applied, answer, fetched
    /// From a batcher to a gateway: what became of one document of a push. Payload: `WriteResult`.
    case saved
}

/// One thing said about one document.
package struct Part: Sendable, Equatable {
    /// The asker's correlation id; an answer repeats it.
    package var id: UInt64
    package var document: DocumentID
    /// Follows one request of a client through all services. 0: nobody's.
    package var trace: UInt64
    /// After this moment nobody waits for the answer, and the request is not carried out. 0: it never runs out.
    package var deadlineMilliseconds: UInt64
    package var payload: [UInt8]

    package init(id: UInt64, document: DocumentID, trace: UInt64, deadlineMilliseconds: UInt64, payload: [UInt8]) {
        self.id = id
        self.document = document
        self.trace = trace
        self.deadlineMilliseconds = deadlineMilliseconds
        self.payload = payload
    }

    package func isLate(now: UInt64) -> Bool { deadlineMilliseconds != 0 && deadlineMilliseconds <= now }

    /// The same question or its answer, saying something else.
    package func with(id: UInt64? = nil, payload: [UInt8]) -> Part {
        Part(
            id: id ?? self.id, document: document, trace: trace, deadlineMilliseconds: deadlineMilliseconds,
            payload: payload)
    }
}

/// A stream entry: parts of one kind, from one instance, said under one placement epoch.
package struct Envelope: Sendable, Equatable {
    package var kind: MessageKind
    /// The instance that says it; answers go to its reply stream.
    package var from: String
    /// The placement epoch the sender acted under. 0: it knows none.
    package var epoch: UInt64
    package var parts: [Part]

    package init(kind: MessageKind, from: String, epoch: UInt64, parts: [Part]) {
        self.kind = kind
        self.from = from
        self.epoch = epoch
        self.parts = parts
    }
}

extension Envelope {
    private static let version: UInt8 = 1

    /// The entry's fields: plain names a person can tail, and the binary `body`.
    package var fields: [(String, RedisArgument)] {
        [
            ("kind", .string(kind.rawValue)), ("from", .string(from)), ("epoch", .string(String(epoch))),
            ("document", .string(Words.hex(parts.map(\.document)))),
            ("trace", .string(Words.hex(parts.map(\.trace)))),
            ("deadline", .string(String(parts.map(\.deadlineMilliseconds).max() ?? 0))),
            ("body", .bytes(body)),
        ]
    }

    private var body: [UInt8] {
        var writer = ByteWriter(reservingCapacity: parts.reduce(16) { $0 + $1.payload.count + 48 })
        writer.byte(Self.version)
        writer.varint(UInt64(parts.count))
        for part in parts {
            writer.varint(part.id)
            writer.fixed64(part.document.high)
            writer.fixed64(part.document.low)
            writer.fixed64(part.trace)
            writer.varint(part.deadlineMilliseconds)
            writer.bytes(part.payload)
        }
        return writer.bytes
    }

    /// Reads an entry back. Fails on anything that `fields` would not have written.
    package init(_ entry: StreamEntry) throws(DecodingFailure) {
        guard let kind = entry.text("kind").flatMap(MessageKind.init(rawValue:)), let from = entry.text("from"),
            let epoch = entry.text("epoch").flatMap(UInt64.init), let body = entry["body"]
        else { throw .malformed(.shape) }
        self.init(kind: kind, from: from, epoch: epoch, parts: try Self.parts(body))
    }

    private static func parts(_ body: [UInt8]) throws(DecodingFailure) -> [Part] {
        var reader = ByteReader(body)
        let found = try reader.byte()
        guard found == version else { throw .unsupportedVersion(found) }
        let count = try reader.varint()
        guard count <= UInt64(StreamBounds.partsPerEntryMax) else { throw .tooLarge }
        var parts: [Part] = []
        for _ in 0..<count {
            parts.append(
                Part(
                    id: try reader.varint(),
                    document: DocumentID(high: try reader.fixed64(), low: try reader.fixed64()),
                    trace: try reader.fixed64(), deadlineMilliseconds: try reader.varint(), payload: try reader.bytes())
            )
        }
        guard reader.atEnd else { throw .trailingBytes }
        return parts
    }
}
