internal import OrderedCollections
package import ListCRDT
internal import Synchronization

/// Committed rows that a shard's owner knows, so that a batch which writes them again reads nothing first. Only the owner commits, so
/// what stands here is what the table says; what a batch touched whose outcome is unknown is forgotten and read again.
package final class RecentRows<Key: Hashable & Sendable, Row: Sendable>: Sendable {
    private struct Known {
        var rows: OrderedDictionary<Key, (row: Row, bytes: Int)> = [:]
        var bytes = 0
    }

    private let known = Mutex(Known())
    private let bytesMax: Int
    private let bytes: @Sendable (Row) -> Int

    /// - Parameter bytes: about how much memory a row takes.
    package init(bytesMax: Int, bytes: @escaping @Sendable (Row) -> Int) {
        self.bytesMax = bytesMax
        self.bytes = bytes
    }

    package subscript(key: Key) -> Row? { known.withLock { $0.rows[key]?.row } }

    package func rows(of keys: some Sequence<Key>) -> [Key: Row] {
        known.withLock { known in
            keys.reduce(into: [:]) { found, key in
                if let row = known.rows[key]?.row { found[key] = row }
            }
        }
    }

    /// Those that have been known for longest make room.
    package func keep(_ fresh: [Key: Row]) {
        known.withLock { known in
            for (key, row) in fresh {
                let size = bytes(row)
                known.bytes += size - (known.rows.updateValue((row, size), forKey: key)?.bytes ?? 0)
            }
            guard known.bytes > bytesMax else { return }
            // An eighth more, so that not every batch moves all that stay.
            var count = 0
            for index in known.rows.values.indices where known.bytes > bytesMax / 8 * 7 {
                known.bytes -= known.rows.values[index].bytes
                count = index + 1
            }
            known.rows.removeFirst(count)
        }
    }

    package func forget(_ keys: some Sequence<Key>) {
        let keys = Set(keys)
        known.withLock { known in
            for key in keys { known.bytes -= known.rows[key]?.bytes ?? 0 }
            known.rows.removeAll { keys.contains($0.key) }
        }
    }
}

package typealias VersionCache = RecentRows<DocumentID, DocumentVersion>

extension VersionCache {
    package convenience init() {
        self.init(bytesMax: 16 << 20) { 100 + 24 * $0.context.ranges.count }
    }
}

/// An entry with nothing to keep is known to have no row.
typealias EntryCache = RecentRows<ApplyPlan.EntryPlace, Entry>

extension EntryCache {
    convenience init() {
        self.init(bytesMax: 64 << 20) { 200 + $0.memoryBytes }
    }
}
