package import ListCRDT
internal import Messages

/// What two of three shards said about a document: its head and members, and all that is known to be durable.
package struct Access: Sendable, Equatable {
    /// Head and members alone.
    package let document: Document
    /// Of the whole document. Empty: there is no such document.
    package internal(set) var context: Context
    /// When this was true at the latest: milliseconds since 1970.
    package internal(set) var asOfMilliseconds: UInt64

    package init(document: Document, context: Context, asOfMilliseconds: UInt64) {
        self.document = document
        self.context = context
        self.asOfMilliseconds = asOfMilliseconds
    }

    package var exists: Bool { !context.isEmpty }
}

/// What came of asking for it.
package enum AccessLookup: Sendable, Equatable {
    case found(Access)
    /// It is a document of another kind.
    case otherKind
    case unreachable

    init(_ result: ReadResult, _ kind: DocumentKind, askedAt: UInt64) {
        switch result.status {
        case .unreachable, .staleEpoch: self = .unreachable
        case .refused: self = .otherKind
        case .found:
            var document = Document(kind: kind)
            if let delta = result.delta { document.merge(delta) }
            self = .found(Access(document: document, context: result.context, asOfMilliseconds: askedAt))
        }
    }
}

/// What was learnt of documents' access, believed for a short time. A value: time is passed in.
package struct AccessTable: Sendable {
    private let countMax: Int
    private var known: [DocumentID: Access] = [:]

    package init(countMax: Int = GatewayLimits.accessDocumentsMax) { self.countMax = countMax }

    package var count: Int { known.count }

    package func value(of id: DocumentID, _ kind: DocumentKind, now: UInt64) -> Access? {
        known[id].flatMap { $0.document.kind == kind && Self.isBelieved($0, now) ? $0 : nil }
    }

    /// That a document does not exist is not kept: it may be founded at any moment.
    package mutating func insert(_ access: Access, for id: DocumentID, now: UInt64) {
        guard access.exists else { return }
        if known.count >= countMax, known[id] == nil { makeRoom(now) }
        known[id] = access
    }

    /// Head or members have changed.
    package mutating func forget(_ id: DocumentID) { known[id] = nil }

    package mutating func forgetAll() { known = [:] }

    /// A read or a commit showed that all of `context` is durable.
    package mutating func learn(_ context: Context, of id: DocumentID) { known[id]?.context.formUnion(context) }

    /// A push that left head and members alone was committed after `sentAt`, and the document then had `context`. If
    /// that is nothing but what was known and what was pushed, nobody has changed head or members either.
    package mutating func confirm(_ id: DocumentID, _ context: Context, pushed: Context, sentAt: UInt64) {
        guard var access = known[id] else { return }
        if context.isSubset(of: access.context.union(pushed)) {
            access.asOfMilliseconds = max(access.asOfMilliseconds, sentAt)
        }
        access.context.formUnion(context)
        known[id] = access
    }

    /// Drops what is no longer believed; all, if that is not enough.
    private mutating func makeRoom(_ now: UInt64) {
        known = known.filter { Self.isBelieved($0.value, now) }
        if known.count >= countMax { known = [:] }
    }

    private static func isBelieved(_ access: Access, _ now: UInt64) -> Bool {
        now < access.asOfMilliseconds + GatewayLimits.accessMillisecondsMax
    }
}
