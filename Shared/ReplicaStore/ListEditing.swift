internal import GRDB
package import ListCRDT
internal import SyncProtocol

/// What a person does to lists, in words. Each call is one operation, except where it says so.
extension Pen {
    /// What an item is made with.
    package struct NewItem: Sendable {
        package var name: String
        package var target: Int64?
        /// What one of the target is.
        package var unit: String?
        package var note: String?
        package var category: String?

        package init(
            name: String, target: Int64? = nil, unit: String? = nil, note: String? = nil, category: String? = nil
        ) {
            self.name = name
            self.target = target
            self.unit = unit
            self.note = note
            self.category = category
        }
    }

    /// Makes a list that this person owns and puts it on their shelf: three operations.
    package mutating func newList(named name: String, id: DocumentID = .random(), username: String) throws -> DocumentID
    {
        let name = try checked(name, of: "list")
        keep(DocumentRow(id: id, kind: .list))
        try edit(id, .head, [.set(.name, .string(name)), .set(.createdMilliseconds, .int(Int64(clamping: now)))])
        let owner = FieldChange.set(.role, .int(Role.owner.rawValue))
        try edit(id, EntryKey(.members, user), [owner, .set(.memberName, .string(username))])
        try edit(Shelf.document(of: user), EntryKey(.items, id), [.set(.name, .string(name)), owner])
        return id
    }

    package mutating func renameList(_ list: DocumentID, to name: String) throws {
        let name = try checked(name, of: "list")
        try editable(list)
        try edit(list, .head, [.set(.name, .string(name))])
        let shelf = Shelf.document(of: user)
        if try EntryRow.load(db, shelf, EntryKey(.items, list)) != nil {
            try edit(shelf, EntryKey(.items, list), [.set(.name, .string(name))])
        }
    }

    package mutating func setTrashed(_ list: DocumentID, _ trashed: Bool) throws {
        try editable(list)
        try edit(list, .head, [.set(.trashed, .bool(trashed))])
    }

    /// Adds an item at the end.
    package mutating func add(_ item: NewItem, to list: DocumentID) throws -> EntryID {
        try editable(list)
        let dot = try nextDot(of: list)
        let position = Position.between(try positions(of: list, descending: true, limit: 1).first, nil, dot: dot)
        var changes: [FieldChange] = [
            .set(.name, .string(try checked(item.name, of: "item"))), .set(.position, .bytes(position)),
        ]
        if let unit = item.unit { changes.append(.set(.unit, .string(unit))) }
        if let note = item.note { changes.append(.set(.note, .string(note))) }
        if let category = item.category { changes.append(.set(.category, .string(category))) }
        if let target = item.target { changes.append(.setTarget(.quantity, target)) }
        let id = EntryID(dot: dot)
        try edit(list, EntryKey(.items, id), changes)
        return id
    }

    package mutating func change(_ item: EntryID, of list: DocumentID, _ changes: [FieldChange]) throws {
        try editable(list)
        for case .set(.name, .string(let name)) in changes { _ = try checked(name, of: "item") }
        try edit(list, EntryKey(.items, item), changes)
    }

    package mutating func removeItem(_ item: EntryID, of list: DocumentID) throws {
        try editable(list)
        try remove(list, EntryKey(.items, item))
    }

    /// - Parameter after: nil: to the top.
    package mutating func move(_ item: EntryID, of list: DocumentID, after: EntryID?) throws {
        try editable(list)
        let left = try after.flatMap { try EntryRow.load(db, list, EntryKey(.items, $0)) }?.shown[.position]?.data
        let right = try positions(of: list, above: left, butNot: item, limit: 1).first
        let position = Position.between(left, right, dot: try nextDot(of: list))
        try edit(list, EntryKey(.items, item), [.set(.position, .bytes(position))])
    }

    // MARK: What allows it

    private func editable(_ list: DocumentID) throws {
        let row = try require(list)
        let name = row.name ?? list.hex
        if row.trouble == .forbidden {
            throw DeviceError.refused(
                "forbidden", "“\(name)” is no longer shared with you, or you may no longer change it.")
        }
        guard let role = row.role else {
            throw DeviceError.refused("not_here", "“\(name)” has not reached this device yet. Run: larder sync")
        }
        guard role.canEdit else {
            throw DeviceError.refused(
                "forbidden", "You may look at “\(name)”, but not change it. Its owner can make you an editor.")
        }
    }

    private func checked(_ name: String, of what: String) throws -> String {
        let trimmed = name.trimmingPrefix(while: \.isWhitespace)
        guard !trimmed.isEmpty else { throw DeviceError.refused("empty_name", "The \(what) needs a name.") }
        guard trimmed.count <= ListLimits.nameCharacters else {
            throw DeviceError.refused("too_long", "A name has at most \(ListLimits.nameCharacters) characters.")
        }
        return String(trimmed)
    }

    private func positions(
        of list: DocumentID, above: [UInt8]? = nil, butNot item: EntryID = .zero, descending: Bool = false, limit: Int
    ) throws -> [[UInt8]] {
        let rows = try db.rows(
            """
            SELECT position FROM entry WHERE document = ? AND collection = ? AND position > ? AND id <> ?
            ORDER BY position \(descending ? "DESC" : "ASC") LIMIT ?
            """, [list.blob, Collection.items.rawValue, (above ?? []).blob, item.blob, limit])
        return try rows.map { try $0.bytes("position") }
    }
}

extension Identifier {
    package static func random() -> Identifier {
        while true {
            let id = Identifier(high: .random(in: 0...(.max)), low: .random(in: 0...(.max)))
            if !Shelf.isDerived(id) { return id }
        }
    }
}
