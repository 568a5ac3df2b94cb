/// A list, a shelf or an account: entries and the context of all operations it has seen. A join-semilattice.
///
/// Equal contexts mean equal documents. The one assumption is that a dot names one operation on one entry.
package struct Document: Hashable, Sendable {
    package let kind: DocumentKind
    package private(set) var context: Context
    /// The visible ones.
    package private(set) var entries: EntryTable
    /// Those that only remember replaced dots, while operations are missing.
    package private(set) var hidden: EntryTable

    package init(kind: DocumentKind) {
        self.init(kind: kind, context: Context(), checked: EntryTable(), hidden: EntryTable())
    }

    /// From what a shard stores, or a partial view of it, hidden entries included. The dots of the entries are known
    /// whether `context` names them or not.
    package init(kind: DocumentKind, context: Context, entries: [EntryKey: Entry]) {
        self.kind = kind
        self.context = context
        (self.entries, hidden) = (EntryTable(reservingCapacity: entries.count), EntryTable())
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
            if entry.isVisible { self.entries.append(key, entry) } else if !entry.isEmpty { hidden.append(key, entry) }
        }
        let standing = standing
        if !standing.isSubset(of: context) { self.context = context.union(standing) }
    }

    /// `context` names all dots of the entries.
    init(kind: DocumentKind, context: Context, checked entries: EntryTable, hidden: EntryTable) {
        self.kind = kind
        self.context = context
        self.entries = entries
        self.hidden = hidden
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
        var moves = Moves()
        for index in delta.entries.indices {
            collisions += mergeEntry(delta.entries[index].key, delta.entries[index].value, &moves)
        }
        carryOut(moves)
        for index in delta.entries.indices { context.formUnion(delta.entries[index].value.covered) }
        context.formUnion(delta.loose)
        return collisions
    }

    /// Entries that come to be visible or hidden, and those that cease to be, in ascending order. They are moved together.
    private struct Moves {
        var shown: [(key: EntryKey, value: Entry)] = []
        var hidden: [(key: EntryKey, value: Entry)] = []
        var noLongerShown: [Int] = []
        var noLongerHidden: [Int] = []
    }

    private mutating func mergeEntry(_ key: EntryKey, _ change: EntryDelta, _ moves: inout Moves) -> Int {
        if let index = entries.index(of: key) {
            let collisions = entries.values[index].merge(change, seen: context)
            noteWhetherShown(index, &moves)
            return collisions
        }
        guard let index = hidden.isEmpty ? nil : hidden.index(of: key) else {
            var entry = Entry()
            let collisions = entry.merge(change, seen: context)
            if entry.isVisible {
                moves.shown.append((key, entry))
            } else if !entry.isEmpty {
                moves.hidden.append((key, entry))
            }
            return collisions
        }
        let collisions = hidden.values[index].merge(change, seen: context)
        noteWhetherHidden(index, &moves)
        return collisions
    }

    private func noteWhetherShown(_ index: Int, _ moves: inout Moves) {
        guard !entries.values[index].isVisible else { return }
        moves.noLongerShown.append(index)
        if !entries.values[index].isEmpty { moves.hidden.append(entries[index]) }
    }

    private func noteWhetherHidden(_ index: Int, _ moves: inout Moves) {
        guard hidden.values[index].isVisible || hidden.values[index].isEmpty else { return }
        moves.noLongerHidden.append(index)
        if hidden.values[index].isVisible { moves.shown.append(hidden[index]) }
    }

    private mutating func carryOut(_ moves: Moves) {
        entries.remove(at: moves.noLongerShown)
        hidden.remove(at: moves.noLongerHidden)
        entries.insert(moves.shown)
        hidden.insert(moves.hidden)
    }

    private mutating func end(_ ended: Context) {
        guard !ended.isEmpty else { return }
        var moves = Moves()
        for index in hidden.indices {
            hidden.values[index].end(ended)
            noteWhetherHidden(index, &moves)
        }
        for index in entries.indices {
            entries.values[index].end(ended)
            noteWhetherShown(index, &moves)
        }
        carryOut(moves)
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
        var moves = Moves()
        _ = mergeEntry(key, change, &moves)
        carryOut(moves)
        context.insert(dot)
        return Delta(kind: kind, key: key, change)
    }

    /// A visible item of a list has a name.
    static func needsName(_ key: EntryKey, in kind: DocumentKind) -> Bool {
        kind == .list && key.collection == .items
    }
}
