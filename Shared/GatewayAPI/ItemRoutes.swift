internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import Messages

/// `/v1/lists/{list}/items` and `…/items/{item}`.
struct ItemRoutes: Sendable {
    static let path = ListRoutes.path + "/items"

    let desk: ListDesk

    var routes: [Route] {
        [
            .signedIn(.post, Self.path) { call, caller in
                .json(try await add(call.json(), to: call.list, by: caller), status: .created)
            },
            .signedIn(.patch, Self.path + "/{item}") { call, caller in
                .json(try await change(call.item, of: call.list, call.json(), by: caller))
            },
            .signedIn(.delete, Self.path + "/{item}") { call, caller in
                try await remove(call.item, of: call.list, by: caller)
                return .noContent
            },
        ]
    }

    private func add(_ item: NewItem, to list: DocumentID, by caller: Caller) async throws -> ItemAnswer {
        // Items do not wait for one another: the place in line is one that nobody else has.
        let place = EntryKey(.items, .random())
        var key = place
        let reading = try await desk.edit(list, at: place, reading: .missing(since: Context()), by: caller) { edit in
            try ListDesk.editor(caller, in: edit.reading)
            let order = ItemOrder(edit.document.list.items)
            guard order.count < ListLimits.items else {
                throw APIError(.limitExceeded, "A list holds at most \(ListLimits.items) items.")
            }
            let gap = try order.gap(after: item.after)
            let changes = try item.changes()
            key = edit.add(to: .items) { dot in
                changes + [.set(.position, .bytes(Position.between(gap.left, gap.right, dot: dot)))]
            }
        }
        return try answer(key, reading, caller)
    }

    private func change(
        _ item: EntryID, of list: DocumentID, _ changes: ItemChanges, by caller: Caller
    ) async throws -> ItemAnswer {
        let key = EntryKey(.items, item)
        let what: ReadPayload.What = changes.after == nil ? .entries([key]) : .missing(since: Context())
        let reading = try await desk.edit(list, at: key, reading: what, by: caller) { edit in
            try ListDesk.editor(caller, in: edit.reading)
            try require(key, edit.reading)
            let made = try changes.changes()
            guard let after = changes.after else {
                if !made.isEmpty { edit.change(key, made) }
                return
            }
            let gap = try ItemOrder(edit.document.list.items.filter { $0.id != item }).gap(after: after)
            edit.change(key) { dot in
                made + [.set(.position, .bytes(Position.between(gap.left, gap.right, dot: dot)))]
            }
        }
        return try answer(key, reading, caller)
    }

    private func remove(_ item: EntryID, of list: DocumentID, by caller: Caller) async throws {
        let key = EntryKey(.items, item)
        _ = try await desk.edit(list, at: key, reading: .entries([key]), by: caller) { edit in
            try ListDesk.editor(caller, in: edit.reading)
            try require(key, edit.reading)
            edit.remove(key)
        }
    }

    private func require(_ key: EntryKey, _ reading: Reading) throws {
        guard reading.document.entries[key] != nil else {
            throw APIError(.itemNotFound, "There is no such item on this list.")
        }
    }

    private func answer(_ key: EntryKey, _ reading: Reading, _ caller: Caller) throws -> ItemAnswer {
        try require(key, reading)
        guard let item = reading.document.item(key.id) else { throw APIError(.itemNotFound, "There is no such item.") }
        return ItemAnswer(item, lastEditor: caller.username)
    }
}

extension Call {
    fileprivate var item: EntryID { get throws { try identifier("item", orElse: .itemNotFound) } }
}

/// The items of a list, in order.
struct ItemOrder {
    private let items: [ItemView]

    init(_ items: [ItemView]) { self.items = items }

    var count: Int { items.count }

    /// The positions on both sides of a place: behind an item, at the top (null), or at the end (not given).
    func gap(after: Given<String>?) throws -> (left: [UInt8]?, right: [UInt8]?) {
        switch after {
        case nil: return (items.last?.position, nil)
        case .null: return (nil, items.first?.position)
        case .value(let text):
            guard let index = items.firstIndex(where: { $0.id.hex == text }) else {
                throw APIError(.invalidField, "The field `after` names no other item on this list.")
            }
            return (items[index].position, index + 1 < items.count ? items[index + 1].position : nil)
        }
    }
}
