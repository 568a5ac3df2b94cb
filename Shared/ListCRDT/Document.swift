/// A list, a shelf or an account: entries and the context of all operations it has seen. A join-semilattice.
///
/// Equal contexts mean equal documents. The one assumption is that a dot names one operation on one entry.
package struct Document: Hashable, Sendable {
    package let kind: DocumentKind
    package private(set) var context: Context
    /// The visible ones.
    package private(set) var entries: [EntryKey: Entry]
    /// Those that only remember replaced dots, while operations are missing.
    package private(set) var hidden: [EntryKey: Entry]

    package init(kind: DocumentKind) {
        self.init(kind: kind, context: Context(), entries: [:])
    }

    /// From what a shard stores, or a partial view of it, hidden entries included. The dots of the entries are known
    /// whether `context` names them or not.
    package init(kind: DocumentKind, context: Context, entries: [EntryKey: Entry]) {
        self.kind = kind
        self.entries = entries.filter { $0.value.isVisible }
        hidden = entries.filter { !$0.value.isVisible && !$0.value.isEmpty }
        self.context = context
        let standing = standing
        if !standing.isSubset(of: context) { self.context = context.union(standing) }
    }

    /// From entries of which none is empty, and all of whose dots `context` names.
    init(kind: DocumentKind, context: Context, checked: [(key: EntryKey, value: Entry)]) {
        self.kind = kind
        self.context = context
        entries = Dictionary(minimumCapacity: checked.count)
        hidden = [:]
        for (key, entry) in checked {
            if entry.isVisible { entries[key] = entry } else { hidden[key] = entry }
        }
    }

    /// The dots of all versions that stand.
    package var standing: Context {
        Context(entries.values.lazy.flatMap { $0.versions.lazy.map { $0.dot } })
    }

    /// Joins a delta of the same document; one of another kind is a mistake of the caller and changes nothing.
    /// Costs what the delta names, not what the document holds, unless the delta has loose dots.
    /// Returns how often one dot or stamp named two things: a sign of cloned replicas.
    @discardableResult
    package mutating func merge(_ delta: Delta) -> Int {
        guard kind == delta.kind else { return 0 }
        end(delta.loose)
        var collisions = 0
        for index in delta.entries.indices {
            collisions += mergeEntry(delta.entries[index].key, delta.entries[index].value)
        }
        for index in delta.entries.indices { context.formUnion(delta.entries[index].value.covered) }
        context.formUnion(delta.loose)
        return collisions
    }

    private mutating func mergeEntry(_ key: EntryKey, _ change: EntryDelta) -> Int {
        guard let index = entries.index(forKey: key) else {
            var entry = hidden.isEmpty ? Entry() : hidden.removeValue(forKey: key) ?? Entry()
            let collisions = entry.merge(change, seen: context)
            if entry.isVisible { entries[key] = entry } else if !entry.isEmpty { hidden[key] = entry }
            return collisions
        }
        let collisions = entries.values[index].merge(change, seen: context)
        if !entries.values[index].isVisible { hide(key) }
        return collisions
    }

    private mutating func hide(_ key: EntryKey) {
        let entry = entries.removeValue(forKey: key) ?? Entry()
        if !entry.isEmpty { hidden[key] = entry }
    }

    private mutating func end(_ ended: Context) {
        guard !ended.isEmpty else { return }
        for key in Array(hidden.keys) {
            hidden[key]?.end(ended)
            if hidden[key]?.isEmpty == true { hidden[key] = nil }
        }
        for key in Array(entries.keys) {
            entries[key]?.end(ended)
            if entries[key]?.isVisible == false { hide(key) }
        }
    }

    /// What a copy with the context `since` lacks: empty when that is nothing, otherwise every version it does not
    /// know, and as loose dots all operations that no longer stand. Those include some that the copy knows, because a
    /// state does not remember which operation ended which; they are ranges and cost few bytes.
    package func delta(since: Context) -> Delta {
        guard !context.isSubset(of: since) else { return Delta(kind: kind) }
        var lacking: [(key: EntryKey, value: EntryDelta)] = []
        for (key, entry) in hidden { lacking.append((key, EntryDelta(covered: Context(), replaced: entry.replaced))) }
        for (key, entry) in entries {
            let versions = entry.versions.filter { !since.contains($0.dot) }
            lacking.append((key, EntryDelta(covered: Context(), replaced: entry.replaced, versions: versions)))
        }
        return Delta(kind: kind, entries: lacking, loose: context.subtracting(standing))
    }

    /// All of it.
    package var asDelta: Delta { delta(since: Context()) }

    /// Applies an operation of one dot and returns its delta. The new version is the join of what the entry showed,
    /// with the changes.
    ///
    /// Nothing happens, the delta is empty and the dot is still free when the dot is not new, or when an item without
    /// a name would come of it (the item has been removed meanwhile, or the name left out).
    package mutating func edit(_ key: EntryKey, _ changes: [FieldChange], dot: Dot, stamp: Stamp) -> Delta {
        let standing = entries[key]
        var fields = standing?.shown ?? Fields()
        for change in changes { fields.apply(change, stamp: stamp) }
        guard !Document.needsName(key, in: kind) || fields[.name]?.text?.isEmpty == false else {
            return Delta(kind: kind)
        }
        return replace(key, standing, with: [Version(dot: dot, fields: fields)], dot: dot)
    }

    /// Takes away exactly the versions that stand here, by an operation of one dot, and returns its delta. Empty, and
    /// nothing happens, when the dot is not new.
    package mutating func remove(_ key: EntryKey, dot: Dot) -> Delta {
        replace(key, entries[key], with: [], dot: dot)
    }

    private mutating func replace(
        _ key: EntryKey, _ standing: Entry?, with versions: [Version], dot: Dot
    ) -> Delta {
        guard 1...Dot.maxCounter ~= dot.counter, !context.contains(dot) else { return Delta(kind: kind) }
        let seen = Context((standing?.versions ?? []).lazy.map { $0.dot })
        let change = EntryDelta(covered: Context(dot), replaced: seen, versions: versions)
        _ = mergeEntry(key, change)
        context.insert(dot)
        return Delta(kind: kind, key: key, change)
    }

    /// A visible item of a list has a name.
    static func needsName(_ key: EntryKey, in kind: DocumentKind) -> Bool {
        kind == .list && key.collection == .items
    }
}
