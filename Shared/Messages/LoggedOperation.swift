package import ListCRDT

/// One operation as shards keep it in their log, and as it travels to them: whose it is, when it arrived, and what it did to its entry.
package struct LoggedOperation: Sendable, Equatable {
    package var dot: Dot
    package var key: EntryKey
    package var author: UserID
    /// When the gateway took it in.
    package var atMilliseconds: UInt64
    package let delta: EntryDelta
    /// The delta, encoded: what travels and what is kept.
    package let encodedDelta: [UInt8]

    /// - Parameter encodedDelta: where it is known; made if not.
    package init(
        dot: Dot, key: EntryKey, author: UserID, atMilliseconds: UInt64, delta: EntryDelta,
        encodedDelta: [UInt8]? = nil
    ) {
        self.dot = dot
        self.key = key
        self.author = author
        self.atMilliseconds = atMilliseconds
        self.delta = delta
        self.encodedDelta = encodedDelta ?? delta.encoded()
    }

    /// The operations of one replica in a delta, in the order of its entries: one an entry.
    ///
    /// What a device did to one entry before anyone saw it is one unit: an operation that it replaced itself has no effect of its own,
    /// but what it replaced is in the joint delta. So a unit travels and is kept as its last operation, whose delta covers the others.
    package static func operations(
        of replica: ReplicaID, in delta: Delta, author: UserID, atMilliseconds: UInt64
    ) -> [LoggedOperation] {
        delta.entries.compactMap { key, entry in
            let counter = entry.covered.highest(of: replica)
            guard counter > 0 else { return nil }
            return LoggedOperation(
                dot: Dot(replica, counter), key: key, author: author, atMilliseconds: atMilliseconds, delta: entry)
        }
    }
}

extension Delta {
    /// What operations on one document amount to.
    package init(kind: DocumentKind, joining operations: some Sequence<LoggedOperation>) {
        self.init(kind: kind, entries: operations.map { ($0.key, $0.delta) })
    }
}

// MARK: - Binary form

extension LoggedOperation {
    package static func encode(_ operations: [LoggedOperation], into writer: inout ByteWriter) {
        var authors = OrderedTable<UserID>()
        for operation in operations { authors.insert(operation.author) }
        writer.varint(UInt64(authors.values.count))
        for author in authors.values {
            writer.fixed64(author.high)
            writer.fixed64(author.low)
        }
        writer.varint(UInt64(operations.count))
        for operation in operations { operation.encode(author: authors.index(of: operation.author), into: &writer) }
    }

    private func encode(author: Int, into writer: inout ByteWriter) {
        writer.fixed64(dot.replica.rawValue)
        writer.varint(dot.counter)
        writer.byte(key.collection.rawValue)
        writer.fixed64(key.id.high)
        writer.fixed64(key.id.low)
        writer.varint(UInt64(author))
        writer.varint(atMilliseconds)
        writer.bytes(encodedDelta)
    }

    package static func decode(from reader: inout ByteReader) throws(DecodingFailure) -> [LoggedOperation] {
        let authorCount = try reader.varint()
        guard authorCount <= UInt64(reader.remaining) else { throw .truncated }
        var authors: [UserID] = []
        for _ in 0..<authorCount { authors.append(UserID(high: try reader.fixed64(), low: try reader.fixed64())) }
        let count = try reader.varint()
        guard count <= UInt64(reader.remaining) else { throw .truncated }
        var operations: [LoggedOperation] = []
        operations.reserveCapacity(Int(min(count, 1_024)))
        for _ in 0..<count {
            operations.append(try LoggedOperation(from: &reader, authors: authors))
        }
        return operations
    }

    private init(from reader: inout ByteReader, authors: [UserID]) throws(DecodingFailure) {
        let replica = ReplicaID(rawValue: try reader.fixed64())
        let counter = try reader.varint()
        guard counter >= 1, counter < 1 << 63 else { throw .malformed(.shape) }
        let collection = Collection(rawValue: try reader.byte())
        let id = EntryID(high: try reader.fixed64(), low: try reader.fixed64())
        let author = try reader.varint()
        guard author < UInt64(authors.count) else { throw .malformed(.shape) }
        dot = Dot(replica, counter)
        key = EntryKey(collection, id)
        self.author = authors[Int(author)]
        atMilliseconds = try reader.varint()
        encodedDelta = try reader.bytes()
        // Takes nothing but what the delta would be written as.
        delta = try EntryDelta(decoding: encodedDelta)
    }
}

/// Values in the order of their first appearance, each once.
private struct OrderedTable<Element: Hashable> {
    private(set) var values: [Element] = []
    private var indices: [Element: Int] = [:]

    mutating func insert(_ value: Element) {
        guard indices[value] == nil else { return }
        indices[value] = values.count
        values.append(value)
    }

    func index(of value: Element) -> Int { indices[value] ?? 0 }
}
