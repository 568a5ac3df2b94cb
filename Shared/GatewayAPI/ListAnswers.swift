internal import ListCRDT

/// The JSON of lists and items, as `openapi.json` has it.
struct ListAnswer: Encodable, Sendable {
    let id, name, role: String
    let trashed: Bool
    /// The document's context in base64.
    let version: String
    let items: [ItemAnswer]

    init(_ id: DocumentID, _ reading: Reading, role: Role) {
        let view = reading.document.list
        self.id = id.hex
        name = view.name
        self.role = role.name
        trashed = view.trashed
        version = reading.context.base64
        items = view.items.map { ItemAnswer($0) }
    }
}

struct ListSummary: Encodable, Sendable {
    let id, name, role: String
    let trashed: Bool
    let openCount, itemCount: Int
    let updatedAt: String

    init(_ id: DocumentID, _ document: Document, role: Role) {
        let view = document.list
        self.id = id.hex
        name = view.name
        self.role = role.name
        trashed = view.trashed
        itemCount = view.items.count
        openCount = view.items.count { !$0.checked }
        let stamps = document.entries.values.compactMap { $0.shown.latestStamp?.milliseconds }
        updatedAt = timeText(stamps.max() ?? 0)
    }
}

struct ItemAnswer: Encodable, Sendable {
    struct Quantity: Encodable, Sendable {
        let target, acquired, remaining: Int64
    }

    let id, name: String
    let checked: Bool
    let quantity: Quantity?
    /// Of the quantity: what one of it is.
    @Nullable var unit: String?
    @Nullable var note: String?
    @Nullable var category: String?
    /// A document does not say who wrote what; this is known only in the answer to one's own edit.
    @Nullable var lastEditor: String?
    let updatedAt: String

    init(_ item: ItemView, lastEditor: String? = nil) {
        id = item.id.hex
        name = item.name
        checked = item.checked
        quantity = item.quantity.map {
            Quantity(target: $0.target, acquired: $0.acquired, remaining: $0.remaining)
        }
        _unit = Nullable(wrappedValue: item.unit)
        _note = Nullable(wrappedValue: item.note)
        _category = Nullable(wrappedValue: item.category)
        _lastEditor = Nullable(wrappedValue: lastEditor)
        updatedAt = timeText(item.updated.milliseconds)
    }
}

struct MembersAnswer: Encodable, Sendable {
    struct Member: Encodable, Sendable {
        let id, username, role: String
    }

    struct Invitation: Encodable, Sendable {
        let id, role: String
        let expiresAt: String
    }

    let members: [Member]
    /// For owners alone.
    let invitations: [Invitation]?

    init(_ document: Document, role: Role) {
        let view = document.list
        members = view.members.map { Member(id: $0.user.hex, username: $0.name, role: $0.role.name) }
        let invitations = view.invitations.map {
            Invitation(id: $0.id.hex, role: $0.role.name, expiresAt: timeText($0.expiresMilliseconds ?? 0))
        }
        self.invitations = role.canManage ? invitations : nil
    }
}

extension Role {
    var name: String {
        switch self {
        case .owner: "owner"
        case .editor: "editor"
        case .viewer: "viewer"
        }
    }

    /// From a field of a request.
    init(named name: String) throws {
        guard let role = Role.allCases.first(where: { $0.name == name }) else {
            throw APIError(.invalidField, "The field `role` is one of owner, editor and viewer.")
        }
        self = role
    }
}
