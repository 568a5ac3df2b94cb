package import ListCRDT
internal import Synchronization

/// Keeps lists from growing past `ListLimits.items`, without counting each time: a list has no more items than it had
/// when they were last counted, and one for each operation since.
package final class ItemQuota: Sendable {
    private struct Count {
        var items: UInt64
        /// Operations of the document when they were counted.
        var operations: UInt64
    }

    private static let documentsMax = 10_000

    private let counts = Mutex<[DocumentID: Count]>([:])

    package init() {}

    /// Whether it is allowed without counting.
    ///
    /// - Parameter context: of the document before.
    package func allowsUncounted(_ delta: Delta, to id: DocumentID, _ context: Context) -> Bool {
        let touched = Self.touched(delta).count
        return touched == 0 || mostItems(of: id, context) + UInt64(touched) <= UInt64(ListLimits.items)
    }

    private static func touched(_ delta: Delta) -> [EntryKey] {
        delta.entries.filter { $0.key.collection == .items && !$0.value.versions.isEmpty }.map(\.key)
    }

    /// Nil: they had to be counted, and the list could not be read.
    ///
    /// - Parameter context: of the document before.
    /// - Parameter whole: reads the document; called only near the limit.
    package func allows(
        _ delta: Delta, to id: DocumentID, _ context: Context, whole: () async -> Document?
    ) async -> Bool? {
        if allowsUncounted(delta, to: id, context) { return true }
        let touched = Self.touched(delta)
        guard let document = await whole() else { return nil }
        let items = document.entries.keys.count { $0.collection == .items }
        counts.withLock { counts in
            if counts.count >= Self.documentsMax { counts = [:] }
            counts[id] = Count(items: UInt64(items), operations: document.context.dotCount)
        }
        let added = touched.count { document.entries[$0] == nil }
        return added == 0 || items + added <= ListLimits.items
    }

    private func mostItems(of id: DocumentID, _ context: Context) -> UInt64 {
        let operations = context.dotCount
        guard let count = counts.withLock({ $0[id] }), operations >= count.operations else { return operations }
        return count.items + operations - count.operations
    }
}
