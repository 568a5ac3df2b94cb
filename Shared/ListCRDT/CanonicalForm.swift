/// The encoded forms: one value, one byte string. Decoding throws for everything else, allocates no more than a
/// constant times the input's size, and never traps.
extension Context {
    package func encoded() -> [UInt8] {
        var writer = CanonicalWriter(.context)
        writer.context(self)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try CanonicalReader(bytes, .context)
        self = try reader.context()
        try reader.finish()
        guard encoded() == bytes else { throw .notCanonical }
    }
}

extension Entry {
    package func encoded() -> [UInt8] {
        var writer = CanonicalWriter(.entry)
        writer.entry(self)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try CanonicalReader(bytes, .entry)
        self = try reader.entry()
        try reader.finish()
        guard encoded() == bytes else { throw .notCanonical }
    }
}

extension EntryDelta {
    package func encoded() -> [UInt8] {
        var writer = CanonicalWriter(.entryDelta)
        writer.entryDelta(self)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try CanonicalReader(bytes, .entryDelta)
        self = try reader.entryDelta()
        try reader.finish()
        guard encoded() == bytes else { throw .notCanonical }
    }
}

extension Delta {
    package func encoded() -> [UInt8] {
        var writer = CanonicalWriter(.delta, reservingCapacity: 64 + entries.count * 64)
        writer.byte(kind.rawValue)
        writer.context(loose)
        writer.grouped(entries.map { $0.key }) { writer, index in writer.entryDelta(entries[index].value) }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try CanonicalReader(bytes, .delta)
        let kind = try reader.kind()
        let loose = try reader.context()
        var entries: [(key: EntryKey, value: EntryDelta)] = []
        try reader.grouped { (reader, key) throws(DecodingFailure) in
            entries.append((key, try reader.entryDelta()))
        }
        try reader.finish()
        self.init(kind: kind, entries: entries, loose: loose)
        guard encoded() == bytes else { throw .notCanonical }
    }
}

extension Document {
    package func encoded() -> [UInt8] {
        var writer = CanonicalWriter(.document, reservingCapacity: 64 + entries.count * 64)
        writer.byte(kind.rawValue)
        writer.context(context)
        let keys = (Array(entries.keys) + Array(hidden.keys)).sorted()
        writer.grouped(keys) { writer, index in
            writer.entry(entries[keys[index]] ?? hidden[keys[index]] ?? Entry())
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try CanonicalReader(bytes, .document)
        let kind = try reader.kind()
        let context = try reader.context()
        var entries: [EntryKey: Entry] = [:]
        try reader.grouped { (reader, key) throws(DecodingFailure) in
            let entry = try reader.entry()
            guard !entry.isEmpty, entry.versions.allSatisfy({ context.contains($0.dot) }) else {
                throw .malformed(.entry)
            }
            entries[key] = entry
        }
        try reader.finish()
        self.init(kind: kind, context: context, entries: entries)
        guard encoded() == bytes else { throw .notCanonical }
    }
}

extension CanonicalWriter {
    mutating func entryDelta(_ delta: EntryDelta) {
        context(delta.covered)
        context(delta.replaced)
        count(delta.versions.count)
        versions(delta.versions)
    }

    /// Whether it awaits replaced dots goes with the number of versions: it hardly ever does.
    mutating func entry(_ entry: Entry) {
        count(entry.versions.count * 2 + (entry.replaced.isEmpty ? 0 : 1))
        if !entry.replaced.isEmpty { context(entry.replaced) }
        versions(entry.versions)
    }

    /// Entries by collection: how many collections, then of each its number, how many entries, and each entry's id and
    /// `content`.
    mutating func grouped(_ keys: [EntryKey], content: (inout CanonicalWriter, _ index: Int) -> Void) {
        var starts = keys.indices.filter { $0 == 0 || keys[$0 - 1].collection != keys[$0].collection }
        count(starts.count)
        starts.append(keys.count)
        for (start, end) in zip(starts, starts.dropFirst()) {
            byte(keys[start].collection.rawValue)
            count(end - start)
            for index in start..<end {
                id(keys[index].id)
                content(&self, index)
            }
        }
    }
}

extension CanonicalReader {
    mutating func kind() throws(DecodingFailure) -> DocumentKind {
        let number = try byte()
        guard let kind = DocumentKind(rawValue: number) else { throw .unknownKind(number) }
        return kind
    }

    mutating func entryDelta() throws(DecodingFailure) -> EntryDelta {
        let covered = try context()
        let replaced = try context()
        let versions = try versions(count())
        guard versions.allSatisfy({ covered.contains($0.dot) }) else { throw .malformed(.entry) }
        return EntryDelta(covered: covered, replaced: replaced, versions: versions)
    }

    mutating func entry() throws(DecodingFailure) -> Entry {
        let number = try number()
        let replaced = number % 2 == 0 ? Context() : try context()
        return Entry(versions: try versions(number / 2), replaced: replaced)
    }

    /// Calls `content` with the key of each entry, in ascending order.
    mutating func grouped(
        content: (inout CanonicalReader, EntryKey) throws(DecodingFailure) -> Void
    ) throws(DecodingFailure) {
        var previous: EntryKey?
        for _ in 0..<(try count()) {
            let collection = Collection(rawValue: try byte())
            for _ in 0..<(try count()) {
                let key = EntryKey(collection, try id())
                if let previous, key <= previous { throw .malformed(.order) }
                previous = key
                try content(&self, key)
            }
        }
    }
}
