package import ListCRDT
package import Messages
internal import Placement

/// One write of one document, as it arrived.
package struct ApplyRequest: Sendable {
    package var document: DocumentID
    package var payload: WritePayload

    package init(document: DocumentID, payload: WritePayload) {
        self.document = document
        self.payload = payload
    }
}

/// A document's version, as the shard keeps it.
package struct DocumentVersion: Sendable, Equatable {
    package var kind: DocumentKind
    package var context: Context

    package init(kind: DocumentKind, context: Context) {
        self.kind = kind
        self.context = context
    }
}

/// Works out what a batch of writes changes. Give it the rows the batch touches, then the requests in order; it holds the rows to write.
///
/// Pure: no connection, no clock. The same operations in any order and any number of times end in the same rows.
package struct ApplyPlan {
    package struct EntryPlace: Hashable, Sendable {
        package var document: DocumentID
        package var key: EntryKey

        package init(_ document: DocumentID, _ key: EntryKey) {
            self.document = document
            self.key = key
        }
    }

    package private(set) var versions: [DocumentID: DocumentVersion]
    package private(set) var entries: [EntryPlace: Entry]
    /// The operations of the batch that the document had not seen before it.
    package private(set) var operations: [(document: DocumentID, operation: LoggedOperation)] = []
    package private(set) var touchedDocuments: [DocumentID] = []
    package private(set) var touchedEntries: [EntryPlace] = []
    /// Of what is touched: whether it had a row before the batch.
    private var hadRow: [DocumentID: Bool] = [:]
    private var hadEntryRow: [EntryPlace: Bool] = [:]

    package init(versions: [DocumentID: DocumentVersion], entries: [EntryPlace: Entry]) {
        self.versions = versions
        self.entries = entries
    }

    /// The places of entries that a batch touches, each once, in the order of the batch.
    package static func places(of requests: [ApplyRequest]) -> [EntryPlace] {
        var seen: Set<EntryPlace> = []
        return requests.flatMap { request in
            request.payload.operations.map { EntryPlace(request.document, $0.key) }
        }.filter { seen.insert($0).inserted }
    }

    /// Takes one request in. False: it contradicts what is kept (another kind of document) and nothing of it was taken.
    package mutating func apply(_ request: ApplyRequest) -> Bool {
        let kept = versions[request.document]
        if let kept, kept.kind != request.payload.kind { return false }
        var version = kept ?? DocumentVersion(kind: request.payload.kind, context: Context())
        let before = version.context
        var logged: Set<Dot> = []
        for operation in request.payload.operations where !before.contains(operation.dot) {
            // What a device sent twice while it waited is logged once.
            guard request.payload.operations.count == 1 || logged.insert(operation.dot).inserted else { continue }
            merge(operation, into: request.document, seen: version.context)
            version.context.formUnion(operation.delta.covered)
            version.context.insert(operation.dot)
            operations.append((request.document, operation))
        }
        versions[request.document] = version
        if hadRow[request.document] == nil {
            hadRow[request.document] = kept != nil
            touchedDocuments.append(request.document)
        }
        return true
    }

    private mutating func merge(_ operation: LoggedOperation, into document: DocumentID, seen: Context) {
        let place = EntryPlace(document, operation.key)
        if hadEntryRow[place] == nil {
            hadEntryRow[place] = entries[place]?.isEmpty == false
            touchedEntries.append(place)
        }
        entries[place, default: Entry()].merge(operation.delta, seen: seen)
    }

    package func hadRow(_ document: DocumentID) -> Bool { hadRow[document] ?? false }

    package func hadRow(_ place: EntryPlace) -> Bool { hadEntryRow[place] ?? false }
}
