internal import OrderedCollections
package import ListCRDT
internal import Synchronization

/// The committed versions of the documents used last. Only the shard's owner commits, so what stands here is what the table says;
/// after a commit whose outcome is unknown the documents of that batch are forgotten and read again.
package final class VersionCache: Sendable {
    /// Documents kept. At about 150 bytes each.
    package static let documentsMax = 100_000

    private let versions = Mutex<OrderedDictionary<DocumentID, DocumentVersion>>([:])
    private let capacity: Int

    package init(capacity: Int = VersionCache.documentsMax) { self.capacity = capacity }

    package subscript(document: DocumentID) -> DocumentVersion? { versions.withLock { $0[document] } }

    package func known(_ documents: some Sequence<DocumentID>) -> [DocumentID: DocumentVersion] {
        versions.withLock { versions in
            documents.reduce(into: [:]) { known, document in
                if let version = versions[document] { known[document] = version }
            }
        }
    }

    package func keep(_ fresh: [DocumentID: DocumentVersion]) {
        versions.withLock { versions in
            for (document, version) in fresh { versions[document] = version }
            if versions.count > capacity { versions.removeFirst(versions.count - capacity * 7 / 8) }
        }
    }

    package func forget(_ documents: some Sequence<DocumentID>) {
        versions.withLock { versions in
            for document in documents { versions.removeValue(forKey: document) }
        }
    }

    package func forgetAll() { versions.withLock { $0 = [:] } }
}
