/// A part of a document: what some operations did, entry by entry. Joining deltas is joining what they say.
package struct Delta: Hashable, Sendable {
    package let kind: DocumentKind
    /// Sorted by key, each key once.
    package private(set) var entries: [(key: EntryKey, value: EntryDelta)]
    /// Operations it speaks for whose entry is not named: they no longer stand anywhere. Only in transfers of a state.
    /// Disjoint from what the entries cover.
    package private(set) var loose: Context

    package init(kind: DocumentKind) {
        self.kind = kind
        entries = []
        loose = Context()
    }

    package init(kind: DocumentKind, key: EntryKey, _ change: EntryDelta) {
        self.kind = kind
        entries = change.isEmpty ? [] : [(key, change)]
        loose = Context()
    }

    /// Entries in any order; those with an equal key are joined.
    package init(kind: DocumentKind, entries: [(key: EntryKey, value: EntryDelta)], loose: Context = Context()) {
        self.init(kind: kind)
        if Delta.areInOrder(entries) {
            self.entries = entries
        } else {
            for entry in entries.sorted(by: { $0.key < $1.key }) where !entry.value.isEmpty { add(entry) }
        }
        guard !loose.isEmpty else { return }
        self.loose = loose.subtracting(covered)
        end(self.loose)
    }

    private static func areInOrder(_ entries: [(key: EntryKey, value: EntryDelta)]) -> Bool {
        entries.indices.allSatisfy { index in
            !entries[index].value.isEmpty && (index == 0 || entries[index - 1].key < entries[index].key)
        }
    }

    /// One whose key is that of the last or comes behind it.
    private mutating func add(_ entry: (key: EntryKey, value: EntryDelta)) {
        if let last = entries.indices.last, entries[last].key == entry.key {
            entries[last].value.merge(entry.value)
        } else {
            entries.append(entry)
        }
    }

    /// It says nothing.
    package var isEmpty: Bool { entries.isEmpty && loose.isEmpty }

    /// All operations that the entries speak for.
    package var covered: Context {
        if let only = entries.first, entries.count == 1 { return only.value.covered }
        return Context(unsorted: entries.flatMap { $0.value.covered.runs })
    }

    /// All operations it speaks for: what a document's context gains by it.
    package var context: Context {
        loose.isEmpty ? covered : covered.union(loose)
    }

    package subscript(key: EntryKey) -> EntryDelta? {
        let index = index(of: key)
        return index < entries.count && entries[index].key == key ? entries[index].value : nil
    }

    /// Joins a delta of the same document; one of another kind is a mistake of the caller and changes nothing.
    /// Returns how often one dot or stamp named two things: a sign of cloned replicas.
    @discardableResult
    package mutating func merge(_ other: Delta) -> Int {
        guard kind == other.kind else { return 0 }
        end(other.loose)
        var other = other
        other.end(loose)
        let collisions = other.entries.count == 1 ? mergeOne(other.entries[0]) : mergeMany(other.entries)
        loose.formUnion(other.loose)
        if !loose.isEmpty { loose = loose.subtracting(covered) }
        return collisions
    }

    /// Versions that the other side knows to have ended no longer stand.
    private mutating func end(_ ended: Context) {
        guard !ended.isEmpty else { return }
        for index in entries.indices {
            entries[index].value.versions.end(ended)
            entries[index].value.replaced.subtract(ended)
        }
        entries.removeAll { $0.value.isEmpty }
    }

    private mutating func mergeOne(_ entry: (key: EntryKey, value: EntryDelta)) -> Int {
        let index = index(of: entry.key)
        if index < entries.count, entries[index].key == entry.key {
            return entries[index].value.merge(entry.value)
        }
        entries.insert(entry, at: index)
        return 0
    }

    private mutating func mergeMany(_ others: [(key: EntryKey, value: EntryDelta)]) -> Int {
        var collisions = 0
        var joined: [(key: EntryKey, value: EntryDelta)] = []
        joined.reserveCapacity(entries.count + others.count)
        var next = 0
        for var entry in entries {
            while next < others.count, others[next].key < entry.key {
                joined.append(others[next])
                next += 1
            }
            if next < others.count, others[next].key == entry.key {
                collisions += entry.value.merge(others[next].value)
                next += 1
            }
            joined.append(entry)
        }
        joined.append(contentsOf: others[next...])
        entries = joined
        return collisions
    }

    /// Where the key is or belongs.
    private func index(of key: EntryKey) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    package static func == (left: Delta, right: Delta) -> Bool {
        left.kind == right.kind && left.loose == right.loose && left.entries.elementsEqual(right.entries, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(loose)
        for entry in entries {
            hasher.combine(entry.key)
            hasher.combine(entry.value)
        }
    }
}
