/// An element of an array that is sorted by key and holds each key once.
protocol Joinable {
    associatedtype Key: Comparable
    var key: Key { get }

    /// Joins an element with the same key. Returns how often equal stamps had different values.
    mutating func join(_ other: Self) -> Int
}

extension Array where Element: Joinable {
    /// Joins another sorted array into this one. O(both). Returns how often equal stamps had different values.
    mutating func joinSorted(_ others: [Element]) -> Int {
        guard !others.isEmpty else { return 0 }
        guard !isEmpty else {
            self = others
            return 0
        }
        var joined: [Element] = []
        joined.reserveCapacity(count + others.count)
        var collisions = 0
        var next = 0
        for var element in self {
            while next < others.count, others[next].key < element.key {
                joined.append(others[next])
                next += 1
            }
            if next < others.count, others[next].key == element.key {
                collisions += element.join(others[next])
                next += 1
            }
            joined.append(element)
        }
        joined.append(contentsOf: others[next...])
        self = joined
        return collisions
    }

    /// Joins one element, or puts it in the place of the one with its key if that `isReplaced`.
    mutating func put(_ element: Element, where isReplaced: (Element) -> Bool) {
        let index = firstIndex { $0.key >= element.key } ?? count
        if index == count || self[index].key != element.key {
            insert(element, at: index)
        } else if isReplaced(self[index]) {
            self[index] = element
        } else {
            _ = self[index].join(element)
        }
    }
}
