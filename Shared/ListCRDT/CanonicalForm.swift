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
    }
}

extension Delta {
    package func encoded() -> [UInt8] {
        var writer = CanonicalWriter(.delta, reservingCapacity: 64 + entries.count * 64)
        writer.byte(kind.rawValue)
        writer.context(loose)
        writer.grouped(entries.count, key: { entries[$0].key }) { writer, index in
            writer.entryDelta(entries.span[index].value)
        }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try CanonicalReader(bytes, .delta)
        let kind = try reader.kind()
        let loose = try reader.context()
        var entries: [(key: EntryKey, value: EntryDelta)] = []
        try reader.grouped { (reader, key) throws(DecodingFailure) in
            let change = try reader.entryDelta()
            guard !change.isEmpty, change.covered.isDisjoint(with: loose), change.replaced.isDisjoint(with: loose)
            else { throw .notCanonical }
            entries.append((key, change))
        }
        try reader.finish()
        self.init(kind: kind, entries: entries, loose: loose)
    }
}

extension Document {
    package func encoded() -> [UInt8] {
        var all = entries
        all.insert(Array(hidden))
        let (keys, values) = (all.keys, all.values)
        var writer = CanonicalWriter(.document, reservingCapacity: 64 + keys.count * 64)
        writer.byte(kind.rawValue)
        writer.context(context)
        writer.grouped(keys.count, key: { keys[$0] }) { writer, index in writer.entry(values.span[index]) }
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = try CanonicalReader(bytes, .document)
        let kind = try reader.kind()
        let context = try reader.context()
        var (entries, hidden) = (EntryTable(), EntryTable())
        try reader.grouped { (reader, key) throws(DecodingFailure) in
            let entry = try reader.entry()
            guard !entry.isEmpty, entry.versions.allSatisfy({ context.contains($0.dot) }) else {
                throw .malformed(.entry)
            }
            if entry.isVisible { entries.append(key, entry) } else { hidden.append(key, entry) }
        }
        try reader.finish()
        self.init(kind: kind, context: context, checked: entries, hidden: hidden)
    }
}

extension CanonicalWriter {
    mutating func entryDelta(_ delta: borrowing EntryDelta) {
        context(delta.covered)
        context(delta.replaced)
        count(delta.versions.count)
        if !delta.versions.isEmpty { versions(delta.versions.span) }
    }

    /// Whether it awaits replaced dots goes with the number of versions: it hardly ever does.
    mutating func entry(_ entry: borrowing Entry) {
        count(entry.versions.count * 2 + (entry.replaced.isEmpty ? 0 : 1))
        if !entry.replaced.isEmpty { context(entry.replaced) }
        if !entry.versions.isEmpty { versions(entry.versions.span) }
    }

    /// Entries by collection: how many collections, then of each its number, how many entries, and each entry's id and
    /// `content`.
    mutating func grouped(
        _ entryCount: Int, key: (Int) -> EntryKey, content: (inout CanonicalWriter, Int) -> Void
    ) {
        count((0..<entryCount).count { $0 == 0 || key($0 - 1).collection != key($0).collection })
        var start = 0
        while start < entryCount {
            let collection = key(start).collection
            var end = start + 1
            while end < entryCount, key(end).collection == collection { end += 1 }
            byte(collection.rawValue)
            count(end - start)
            for index in start..<end {
                id(key(index).id)
                content(&self, index)
            }
            start = end
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
        guard replaced.isDisjoint(with: covered) else { throw .notCanonical }
        return EntryDelta(covered: covered, replaced: replaced, versions: versions)
    }

    mutating func entry() throws(DecodingFailure) -> Entry {
        let number = try number()
        let replaced = number % 2 == 0 ? Context() : try context()
        guard number % 2 == 0 || !replaced.isEmpty else { throw .notCanonical }
        return Entry(versions: try versions(number / 2), replaced: replaced)
    }

    /// Calls `content` with the key of each entry, in ascending order.
    mutating func grouped(
        content: (inout CanonicalReader, EntryKey) throws(DecodingFailure) -> Void
    ) throws(DecodingFailure) {
        var previous: EntryKey?
        for _ in 0..<(try count()) {
            let collection = Collection(rawValue: try byte())
            let entryCount = try count()
            guard entryCount > 0, previous?.collection != collection else { throw .notCanonical }
            for _ in 0..<entryCount {
                let key = EntryKey(collection, try id())
                if let previous, key <= previous { throw .malformed(.order) }
                previous = key
                try content(&self, key)
            }
        }
    }
}
