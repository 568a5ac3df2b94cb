/// Entries by key, in the order of their keys, so that nothing that is made of them depends on hashes.
/// Finding one costs O(log n), adding one at the end nothing more, elsewhere moving those behind it.
package struct EntryTable: Hashable, Sendable {
    /// Ascending, each once.
    package private(set) var keys: [EntryKey] = []
    /// In the order of `keys`.
    package internal(set) var values: [Entry] = []

    init() {}

    init(reservingCapacity capacity: Int) {
        keys.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    package subscript(key: EntryKey) -> Entry? {
        let index = position(of: key)
        return holds(key, at: index) ? values[index] : nil
    }

    func index(of key: EntryKey) -> Int? {
        let index = position(of: key)
        return holds(key, at: index) ? index : nil
    }

    private func holds(_ key: EntryKey, at index: Int) -> Bool {
        index < keys.count && keys[index] == key
    }

    /// Where the key is or belongs.
    private func position(of key: EntryKey) -> Int {
        guard let last = keys.last, key <= last else { return keys.count }
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A key behind all others.
    mutating func append(_ key: EntryKey, _ entry: Entry) {
        keys.append(key)
        values.append(entry)
    }

    /// Entries in ascending order, of which it has none. O(both), or for one entry what lies behind it.
    mutating func insert(_ added: [(key: EntryKey, value: Entry)]) {
        guard let first = added.first, let last = keys.last, first.key < last else {
            for (key, entry) in added { append(key, entry) }
            return
        }
        guard added.count > 1 else {
            let index = position(of: first.key)
            keys.insert(first.key, at: index)
            values.insert(first.value, at: index)
            return
        }
        var merged = EntryTable(reservingCapacity: count + added.count)
        var next = 0
        for (key, entry) in self {
            while next < added.count, added[next].key < key {
                merged.append(added[next].key, added[next].value)
                next += 1
            }
            merged.append(key, entry)
        }
        for (key, entry) in added[next...] { merged.append(key, entry) }
        self = merged
    }

    /// O(n), or for one entry what lies behind it.
    mutating func remove(at indices: [Int]) {
        if indices.count == 1 {
            keys.remove(at: indices[0])
            values.remove(at: indices[0])
        } else if !indices.isEmpty {
            var next = 0
            var rest = EntryTable(reservingCapacity: count - indices.count)
            for index in 0..<count {
                if next < indices.count, indices[next] == index {
                    next += 1
                } else {
                    rest.append(keys[index], values[index])
                }
            }
            self = rest
        }
    }
}

extension EntryTable: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { keys.count }

    package subscript(index: Int) -> (key: EntryKey, value: Entry) { (keys[index], values[index]) }
}
