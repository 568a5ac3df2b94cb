/// An item, a member or the head of a document: normally one version, several while there are concurrent ones.
/// It is visible while it has any.
package struct Entry: Hashable, Sendable {
    /// Sorted by dot, each dot once.
    package internal(set) var versions: [Version]
    /// Dots of versions that were replaced here before they were seen: they will not stand when they arrive.
    /// Empty unless an operation is missing from the document.
    package internal(set) var replaced: Context

    package init(versions: [Version] = [], replaced: Context = Context()) {
        self.versions = versions.count > 1 ? versions.sorted { $0.dot < $1.dot } : versions
        self.replaced = replaced
    }

    package var isVisible: Bool { !versions.isEmpty }

    /// Nothing to keep.
    package var isEmpty: Bool { versions.isEmpty && replaced.isEmpty }

    /// What a person sees: the join of all versions.
    package var shown: Fields {
        guard var fields = versions.first?.fields else { return Fields() }
        for version in versions.dropFirst() { fields.merge(version.fields) }
        return fields
    }

    /// About how much memory it takes.
    package var memoryBytes: Int {
        versions.reduce(64 + replaced.runs.count * 24) { $0 + 64 + $1.fields.memoryBytes }
    }

    /// Joins what happened to this entry. `seen` is the context of the whole document before: a version that it holds
    /// and this entry lacks has ended here. Costs what the entry costs, not what the document holds.
    /// Returns how often one dot or stamp named two things: a sign of cloned replicas.
    @discardableResult
    package mutating func merge(_ delta: EntryDelta, seen: Context) -> Int {
        let awaited = replaced
        let collisions = versions.join(
            delta.versions, knows: { seen.contains($0) || awaited.contains($0) }, othersKnow: { delta.knows($0) })
        replaced.formUnion(delta.replaced)
        replaced.subtract(seen)
        replaced.subtract(delta.covered)
        return collisions
    }

    /// Versions of these dots stand no longer, and are awaited no longer.
    mutating func end(_ ended: Context) {
        versions.end(ended)
        replaced.subtract(ended)
    }
}
