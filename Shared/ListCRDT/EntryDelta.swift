/// What one or several operations did to one entry: the dots of those operations, the versions of them that stand, and
/// the dots of earlier versions that they replaced. A removal has no version.
///
/// Replaced dots are not spoken for: whoever has not seen those operations still needs them, for what *they* replaced.
/// With one set for both, a copy that missed b of a ← b ← c would take b for seen and show a for ever.
package struct EntryDelta: Hashable, Sendable {
    /// The operations it speaks for, whole. Holds the dots of all versions. A dot belongs to one entry only.
    package internal(set) var covered: Context
    /// Disjoint from `covered`.
    package internal(set) var replaced: Context
    /// Sorted by dot, each dot once.
    package internal(set) var versions: [Version]

    /// The dots of `versions` are covered whether `covered` names them or not, and what is covered is not `replaced`.
    package init(covered: Context, replaced: Context = Context(), versions: [Version] = []) {
        self.covered = covered
        self.versions = versions.count > 1 ? versions.sorted { $0.dot < $1.dot } : versions
        for version in versions where !covered.contains(version.dot) { self.covered.insert(version.dot) }
        self.replaced = replaced
        self.replaced.subtract(self.covered)
    }

    /// It says nothing.
    package var isEmpty: Bool { covered.isEmpty && replaced.isEmpty }

    /// Returns how often one dot or stamp named two things: a sign of cloned replicas.
    @discardableResult
    package mutating func merge(_ other: EntryDelta) -> Int {
        let (covered, replaced) = (self.covered, self.replaced)
        let collisions = versions.join(
            other.versions, knows: { covered.contains($0) || replaced.contains($0) }, othersKnow: { other.knows($0) })
        self.covered.formUnion(other.covered)
        self.replaced.formUnion(other.replaced)
        self.replaced.subtract(self.covered)
        return collisions
    }

    func knows(_ dot: Dot) -> Bool {
        covered.contains(dot) || replaced.contains(dot)
    }

    package var latestStamp: Stamp? {
        versions.compactMap { $0.fields.latestStamp }.max()
    }
}
