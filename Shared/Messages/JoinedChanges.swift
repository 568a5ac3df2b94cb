package import ListCRDT

/// Live changes that wait for one reader, joined by document and author: who reads slowly gets few of them, and each is still one
/// person's.
package struct JoinedChanges: Sendable {
    private struct Waiting {
        var changes: [LiveChange] = []
        var bytes = 0

        mutating func add(_ change: LiveChange, size: Int) {
            bytes += size
            guard let index = changes.firstIndex(where: { $0.author == change.author }) else {
                return changes.append(change)
            }
            changes[index].delta.merge(change.delta)
            changes[index].dots.formUnion(change.dots)
            changes[index].atMilliseconds = change.atMilliseconds
            changes[index].trace = change.trace
        }
    }

    private var documents: [DocumentID: Waiting] = [:]
    private var order: [DocumentID] = []
    /// Counted as they came in.
    package private(set) var bytes = 0

    package init() {}

    /// `size`: the bytes it came in.
    package mutating func add(_ change: LiveChange, size: Int) {
        bytes += size
        if documents[change.document] == nil { order.append(change.document) }
        documents[change.document, default: Waiting()].add(change, size: size)
    }

    package mutating func drop(_ document: DocumentID) {
        guard let waiting = documents.removeValue(forKey: document) else { return }
        bytes -= waiting.bytes
        order.removeAll { $0 == document }
    }

    /// All but those of the documents in `held`, in the order in which documents and authors came.
    package mutating func take(except held: Set<DocumentID>) -> [LiveChange] {
        let ready = order.filter { !held.contains($0) }.compactMap { documents.removeValue(forKey: $0) }
        order.removeAll { !held.contains($0) }
        bytes -= ready.reduce(0) { $0 + $1.bytes }
        return ready.flatMap(\.changes)
    }
}
