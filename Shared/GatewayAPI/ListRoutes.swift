internal import Accounts
internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import Messages

/// `/v1/lists` and `/v1/lists/{list}`.
struct ListRoutes: Sendable {
    static let path = "/v1/lists/{list}"

    private struct NewList: Decodable {
        var name: String
        var id: String?

        enum Key: String, CodingKey { case name, id }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            name = try fields.decode(String.self, forKey: .name)
            id = try fields.present(String.self, .id)
        }
    }

    private struct Changes: Decodable {
        var name: String?
        var trashed: Bool?

        enum Key: String, CodingKey { case name, trashed }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            name = try fields.present(String.self, .name)
            trashed = try fields.present(Bool.self, .trashed)
        }
    }

    private struct ListsAnswer: Encodable {
        var lists: [ListSummary]
    }

    let desk: ListDesk

    var routes: [Route] {
        [
            .signedIn(.get, "/v1/lists") { .json(ListsAnswer(lists: try await summaries(for: $1))) },
            .signedIn(.post, "/v1/lists") { call, caller in
                .json(try await create(call.json(), by: caller), status: .created)
            },
            .signedIn(.get, Self.path) { .json(try await desk.answer($0.list, for: $1)) },
            .signedIn(.patch, Self.path) { call, caller in
                let list = try call.list
                try await change(list, call.json(), by: caller)
                return .json(try await desk.answer(list, for: caller))
            },
            .signedIn(.delete, Self.path) { call, caller in
                try await set(.trashed, .bool(true), of: call.list, by: caller, ListDesk.owner)
                return .noContent
            },
        ]
    }

    /// Of all lists on the shelf that are still shared with them.
    private func summaries(for caller: Caller) async throws -> [ListSummary] {
        let shelf = try await desk.library.whole(.shelfDocument(caller.user), .shelf, trace: caller.trace)
        let lists = shelf.document.entries.keys.filter { $0.collection == .items }.map(\.id).sorted()
        let results = await lists.concurrentMap(atOnce: GatewayLimits.readsAtOnceMax) { list in
            await summary(of: list, for: caller)
        }
        return try results.compactMap { try $0.get() }
    }

    private func summary(of list: DocumentID, for caller: Caller) async -> Result<ListSummary?, APIError> {
        do {
            let reading = try await desk.library.whole(list, trace: caller.trace)
            return .success(
                reading.document.role(of: caller.user).map { ListSummary(list, reading.document, role: $0) })
        } catch { return .failure(APIError(error)) }
    }

    private func create(_ wanted: NewList, by caller: Caller) async throws -> ListAnswer {
        let name = try ListDesk.name(wanted.name, of: "a list")
        guard let list = wanted.id.map({ DocumentID(hex: $0) }) ?? .random() else {
            throw APIError(.invalidField, "The field `id` is 32 lowercase hexadecimal digits.")
        }
        guard !list.isDerived else {
            throw APIError(.invalidField, "The field `id` ends like an account's or a shelf's: choose another.")
        }
        let reading = try await desk.edit(list, at: .head, by: caller) { edit in
            guard !edit.reading.exists else { throw APIError(.listExists, "There is a list with this id already.") }
            edit.change(.head, [.set(.name, name), .set(.createdMilliseconds, .int(Int64(clamping: edit.now)))])
            edit.change(
                EntryKey(.members, caller.user),
                [.set(.role, .int(Role.owner.rawValue)), .set(.memberName, .string(caller.username))])
        }
        try await desk.shelves.keep(caller.user, list, username: caller.username, by: caller)
        return ListAnswer(list, reading, role: .owner)
    }

    private func change(_ list: DocumentID, _ changes: Changes, by caller: Caller) async throws {
        if let trashed = changes.trashed {
            try await set(.trashed, .bool(trashed), of: list, by: caller, ListDesk.owner)
        }
        guard let name = changes.name else { return }
        try await set(.name, ListDesk.name(name, of: "a list"), of: list, by: caller) {
            try ListDesk.editor($0, in: $1)
        }
        try await desk.shelves.keep(caller.user, list, username: caller.username, by: caller)
    }

    private func set(
        _ field: Field, _ value: Value, of list: DocumentID, by caller: Caller,
        _ check: (Caller, Reading) throws -> Void
    ) async throws {
        _ = try await desk.edit(list, at: .head, by: caller) { edit in
            try check(caller, edit.reading)
            if edit.document.entries[.head]?.shown[field] != value { edit.change(.head, [.set(field, value)]) }
        }
    }
}

extension Call {
    var list: DocumentID { get throws { try identifier("list", orElse: .listNotFound) } }
}
