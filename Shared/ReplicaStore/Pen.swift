internal import Foundation
internal import GRDB
package import ListCRDT
internal import ReplicaCore

/// Writes within one transaction: mints dots and stamps, changes entries, fills the outbox.
///
/// Document rows are read once and written back by `finish()`, so that a thousand edits of one document cost one row.
package struct Pen {
    let db: Database
    var device: DeviceRow
    /// Milliseconds since 1970, corrected by the server's clock where this device's runs ahead.
    package let now: UInt64
    var clock: HybridClock
    private var rows: [DocumentID: DocumentRow] = [:]
    private var opened: [DocumentID] = []

    package var user: UserID { device.user }

    init(_ db: Database, wallClock: UInt64) throws {
        self.db = db
        device = try DeviceRow.load(db)
        now = UInt64(clamping: Int64(clamping: wallClock) + device.clockOffset)
        clock = HybridClock(replica: device.replica)
        clock.observe(Stamp(time: device.stamp, replica: device.replica))
    }

    // MARK: Documents

    func row(_ id: DocumentID) throws -> DocumentRow? {
        try rows[id] ?? DocumentRow.load(db, id)
    }

    func require(_ id: DocumentID) throws -> DocumentRow {
        guard let row = try row(id) else {
            throw DeviceError.refused("unknown_list", "There is no list \(id.hex) here.")
        }
        return row
    }

    mutating func change(_ id: DocumentID, _ body: (inout DocumentRow) throws -> Void) throws {
        var row = try require(id)
        try body(&row)
        keep(row)
    }

    mutating func keep(_ row: DocumentRow) {
        if rows.updateValue(row, forKey: row.id) == nil { opened.append(row.id) }
    }

    // MARK: Operations

    /// The dot of the next operation on a document.
    func nextDot(of id: DocumentID) throws -> Dot {
        try row(id).map(dot(after:)) ?? Dot(device.replica, 1)
    }

    /// Behind those that another life of this replica has made meanwhile and that are in the document already.
    private func dot(after row: DocumentRow) -> Dot {
        Dot(device.replica, max(row.counter, row.context.highest(of: device.replica)) + 1)
    }

    mutating func edit(_ id: DocumentID, _ key: EntryKey, _ changes: [FieldChange]) throws {
        try operate(id, key, .change(changes))
    }

    mutating func remove(_ id: DocumentID, _ key: EntryKey) throws {
        try operate(id, key, .remove)
    }

    /// Does what is meant under a new dot. An item that is no longer there is left alone.
    private mutating func operate(_ id: DocumentID, _ key: EntryKey, _ intent: Intent) throws {
        var row = try require(id)
        let entry = try EntryRow.load(db, id, key)
        var view = Document(kind: row.kind, context: row.context, entries: entry.map { [key: $0] } ?? [:])
        let dot = dot(after: row)
        guard let done = view.perform(intent, on: key, dot: dot, &clock, now: now) else { return }
        row.counter = dot.counter
        row.context = view.context
        let operation = PendingOperation(
            sequence: 0, dot: dot, key: key, intent: intent, delta: done.delta, stampTime: done.stamp.time,
            atMilliseconds: now)
        try record(operation, of: id)
        try put(view[key], at: key, in: &row)
        keep(row)
    }

    /// Puts it at the end of the outbox.
    func record(_ operation: PendingOperation, of id: DocumentID) throws {
        try db.run(
            """
            INSERT INTO operation (document, replica, counter, collection, entry, intent, delta, stamp, at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                id.blob, operation.dot.replica.rawValue.column, operation.dot.counter.column,
                operation.key.collection.rawValue, operation.key.id.blob, Data(operation.intent.encoded()),
                Data(operation.delta.encoded()), operation.stampTime.column, operation.atMilliseconds.column,
            ])
    }

    // MARK: What others did

    /// Joins what the server or another device did.
    mutating func join(_ delta: Delta, into id: DocumentID) throws {
        if let latest = delta.entries.compactMap(\.value.latestStamp).max() { clock.observe(latest) }
        var row = try require(id)
        let known = try entries(of: id, namedBy: delta)
        var view = Document(kind: row.kind, context: row.context, entries: known)
        view.merge(delta)
        row.context = view.context
        let keys = Set(known.keys).union(delta.entries.map(\.key)).sorted()
        for key in keys where view[key] != known[key] { try put(view[key], at: key, in: &row) }
        keep(row)
    }

    /// All that a delta may change: with loose dots, which say what has ended without naming where, every entry.
    private func entries(of id: DocumentID, namedBy delta: Delta) throws -> [EntryKey: Entry] {
        guard delta.loose.isEmpty else { return try EntryRow.loadAll(db, id) }
        var entries: [EntryKey: Entry] = [:]
        for (key, _) in delta.entries { entries[key] = try EntryRow.load(db, id, key) }
        return entries
    }

    /// Keeps an entry and what it says about its document, or about the list that a shelf names.
    mutating func put(_ entry: Entry?, at key: EntryKey, in row: inout DocumentRow) throws {
        try EntryRow.save(db, row.id, key, entry)
        let shown = entry.flatMap { $0.isVisible ? $0.shown : nil }
        row.reflect(key, shown, for: device.user)
        guard row.kind == .shelf, key.collection == .items, key.id != row.id else { return }
        var list = try self.row(key.id) ?? DocumentRow(id: key.id, kind: .list)
        list.shelved = shown != nil
        list.name = list.name ?? shown?[.name]?.text
        keep(list)
    }

    /// Forgets the entries of a document, to take it whole from the server.
    mutating func clear(_ id: DocumentID) throws {
        try EntryRow.deleteAll(db, id)
        try change(id) { $0.context = Context() }
        guard try row(id)?.kind == .shelf else { return }
        for list in try db.rows("SELECT id FROM document WHERE shelved") {
            try change(try list.identifier("id")) { $0.shelved = false }
        }
    }

    // MARK: Clock

    /// The server found this device's stamps ahead of its own time: stamp by the server's clock from now on.
    mutating func correctClock(server: UInt64, wallClock: UInt64) {
        device.clockOffset = Int64(clamping: server) - Int64(clamping: wallClock)
        clock = HybridClock(replica: device.replica)
        clock.observe(Stamp(time: server << 16, replica: device.replica))
    }

    mutating func takeNewReplica(_ replica: ReplicaID) throws {
        for id in opened { try rows[id]?.save(db) }
        opened = []
        rows = [:]
        try device.takeNewReplica(replica, db)
    }

    /// Writes back the documents and the clock.
    mutating func finish() throws {
        for id in opened { try rows[id]?.save(db) }
        device.stamp = clock.next(now: 0).time  // the clock shows its latest time only by going one tick beyond it
        try device.save(db)
    }
}

extension Document {
    /// Visible or not: all that has to be kept of an entry.
    subscript(key: EntryKey) -> Entry? { entries[key] ?? hidden[key] }
}
