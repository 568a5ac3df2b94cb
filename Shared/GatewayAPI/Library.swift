package import ListCRDT
internal import Messages

/// A document, or the part of it that was asked for, as two of three shards vouch for it.
package struct Reading: Sendable {
    package var document: Document
    /// Of the whole document. Empty: there is no such document.
    package var context: Context

    package var exists: Bool { !context.isEmpty }
}

extension Reading {
    /// Of a document of another kind nothing is told: it counts as none.
    init(_ result: ReadResult, _ kind: DocumentKind) throws(APIError) {
        self.init(document: Document(kind: kind), context: Context())
        switch result.status {
        case .unreachable, .staleEpoch: throw .notConfirmed
        case .refused: break
        case .found:
            context = result.context
            if let delta = result.delta { document.merge(delta) }
        }
    }
}

/// Reads and edits single documents for the JSON API.
package struct Library: Sendable {
    let ring: any Ring
    let pen: Pen
    let turns: Turns
    let now: @Sendable () -> UInt64

    package init(ring: any Ring, now: @escaping @Sendable () -> UInt64) {
        self.ring = ring
        self.now = now
        pen = Pen()
        turns = Turns()
    }

    func read(
        _ id: DocumentID, _ kind: DocumentKind = .list, _ what: ReadPayload.What, trace: UInt64
    ) async throws -> Reading {
        try Reading(await ring.read(id, ReadPayload(kind, what), trace: trace), kind)
    }

    /// Reads the whole document.
    func whole(_ id: DocumentID, _ kind: DocumentKind = .list, trace: UInt64) async throws -> Reading {
        try await read(id, kind, .missing(since: Context()), trace: trace)
    }

    /// Reads what an edit needs, lets `change` make it, and returns how things stand once two of three shards have it.
    ///
    /// - Parameter key: the entry whose edits go one after the other.
    func edit(
        _ id: DocumentID, _ kind: DocumentKind = .list, at key: EntryKey, reading what: ReadPayload.What,
        by caller: Caller, _ change: (inout Edit) throws -> Void
    ) async throws -> Reading {
        try await turns.take(Turns.Place(document: id, key: key)) {
            let reading = try await read(id, kind, what, trace: caller.trace)
            var edit = Edit(id, reading, life: pen.current(), now: now())
            try change(&edit)
            return try await submit(edit, by: caller)
        }
    }

    private func submit(_ edit: Edit, by caller: Caller) async throws -> Reading {
        guard !edit.delta.isEmpty else { return edit.reading }
        try edit.delta.checkPush(from: edit.life.replica)
        let submission = Submission(
            author: caller.user, username: caller.username, replica: edit.life.replica, trace: caller.trace,
            writes: [Submission.Write(document: edit.id, delta: edit.delta)])
        let result = await ring.write(submission).first
        guard let result, result.status == .committed else {
            pen.end(edit.life)
            throw APIError.notConfirmed
        }
        return Reading(document: edit.reading.document, context: edit.reading.context.union(result.context))
    }
}

/// An edit under way: what was read, and the operations made so far.
struct Edit {
    let id: DocumentID
    private(set) var reading: Reading
    private(set) var delta: Delta
    fileprivate let life: PenLife
    let now: UInt64

    fileprivate init(_ id: DocumentID, _ reading: Reading, life: PenLife, now: UInt64) {
        self.id = id
        self.reading = reading
        self.life = life
        self.now = now
        delta = Delta(kind: reading.document.kind)
    }

    var document: Document { reading.document }

    /// One operation. What it changes may depend on its dot.
    mutating func change(_ key: EntryKey, _ changes: (Dot) -> [FieldChange]) {
        operate(key) { document, dot, stamp in document.edit(key, changes(dot), dot: dot, stamp: stamp) }
    }

    mutating func change(_ key: EntryKey, _ changes: [FieldChange]) { change(key) { _ in changes } }

    /// Makes a new entry, whose id comes from the operation's dot, and returns its key.
    mutating func add(to collection: Collection, _ changes: (Dot) -> [FieldChange]) -> EntryKey {
        var key = EntryKey(collection, .zero)
        operate(nil) { document, dot, stamp in
            key = EntryKey(collection, EntryID(dot: dot))
            return document.edit(key, changes(dot), dot: dot, stamp: stamp)
        }
        return key
    }

    mutating func remove(_ key: EntryKey) {
        operate(key) { document, dot, _ in document.remove(key, dot: dot) }
    }

    private mutating func operate(_ key: EntryKey?, _ body: (inout Document, Dot, Stamp) -> Delta) {
        let seen = key.flatMap { reading.document.entries[$0]?.shown.latestStamp }
        let known = reading.context.highest(of: life.replica)
        let (dot, stamp) = life.mint(on: id, after: seen, known: known, now: now)
        delta.merge(body(&reading.document, dot, stamp))
    }
}
