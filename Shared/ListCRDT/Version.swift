/// An entry as one operation left it: everything that operation saw of the entry, and its own change.
package struct Version: Hashable, Sendable {
    package let dot: Dot
    package internal(set) var fields: Fields

    package init(dot: Dot, fields: Fields) {
        self.dot = dot
        self.fields = fields
    }
}

extension [Version] {
    /// The one rule by which copies merge: of two sides, each a set of standing versions and a set of dots it knows of,
    /// a version stands when both have it, or when one has it and the other never heard of it. What one side knows of
    /// and does not have was replaced or removed there.
    ///
    /// Versions are sorted by dot. Returns how often one dot or stamp named two things: a sign of cloned replicas.
    @inline(__always)
    mutating func join(_ others: [Version], knows: (Dot) -> Bool, othersKnow: (Dot) -> Bool) -> Int {
        if let only = others.first, others.count == 1, !knows(only.dot), allSatisfy({ othersKnow($0.dot) }) {
            self = others  // by far the most common: an edit of what stands here
            return 0
        }
        var result: [Version] = []
        var collisions = 0
        var next = 0
        for var version in self {
            while next < others.count, others[next].dot < version.dot {
                if !knows(others[next].dot) { result.append(others[next]) }
                next += 1
            }
            if next < others.count, others[next].dot == version.dot {
                collisions += version.fields.merge(others[next].fields)
                result.append(version)
                next += 1
            } else if !othersKnow(version.dot) {
                result.append(version)
            }
        }
        for index in next..<others.count where !knows(others[index].dot) { result.append(others[index]) }
        self = result
        return collisions
    }

    mutating func end(_ ended: Context) {
        removeAll { ended.contains($0.dot) }
    }
}
