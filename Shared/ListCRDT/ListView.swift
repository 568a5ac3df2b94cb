/// A list in words, as a person sees it.
package struct ListView: Hashable, Sendable {
    package let name: String
    package let trashed: Bool
    package let createdMilliseconds: UInt64?
    /// By position, then by id.
    package let items: [ItemView]
    /// By user.
    package let members: [MemberView]
    /// By id.
    package let invitations: [InvitationView]
}

package struct ItemView: Hashable, Sendable {
    package struct Quantity: Hashable, Sendable {
        package let target: Int64
        package let acquired: Int64
        package let remaining: Int64
    }

    package let id: EntryID
    package let name: String
    package let note: String?
    package let category: String?
    package let checked: Bool
    package let quantity: Quantity?
    package let unit: String?
    package let position: [UInt8]
    /// The latest stamp of any of its fields.
    package let updated: Stamp
    /// More than one while edits were concurrent and nobody has edited it since.
    package let versions: Int
}

package struct MemberView: Hashable, Sendable {
    package let user: UserID
    package let role: Role
    package let name: String
}

package struct InvitationView: Hashable, Sendable {
    /// The hash of its secret.
    package let id: EntryID
    package let role: Role
    package let expiresMilliseconds: UInt64?
    package let invitedBy: UserID?
}

extension Document {
    /// O(n log n) in the entries.
    package var list: ListView {
        let head = entries[.head]?.shown ?? Fields()
        var items: [ItemView] = []
        var members: [MemberView] = []
        var invitations: [InvitationView] = []
        for (key, entry) in entries {
            switch key.collection {
            case .items: items.append(ItemView(key.id, entry))
            case .members:
                if let member = MemberView(key.id, entry.shown) { members.append(member) }
                if let invitation = InvitationView(key.id, entry.shown) { invitations.append(invitation) }
            default: break
            }
        }
        return ListView(
            name: head[.name]?.text ?? "", trashed: head[.trashed]?.truth ?? false,
            createdMilliseconds: head[.createdMilliseconds]?.integer.flatMap(UInt64.init(exactly:)),
            items: ItemView.inOrder(items),
            members: members.sorted { $0.user < $1.user }, invitations: invitations.sorted { $0.id < $1.id })
    }

    package func item(_ id: EntryID) -> ItemView? {
        entries[EntryKey(.items, id)].map { ItemView(id, $0) }
    }

    package func role(of user: UserID) -> Role? {
        entries[EntryKey(.members, user)].flatMap { MemberView(user, $0.shown)?.role }
    }
}

extension ItemView {
    package init(_ id: EntryID, _ entry: Entry) {
        let fields = entry.shown
        self.id = id
        name = fields[.name]?.text ?? ""
        note = fields[.note]?.text
        category = fields[.category]?.text
        checked = fields[.checked]?.truth ?? false
        quantity = fields.counter(.quantity).map {
            Quantity(target: $0.target, acquired: $0.acquired, remaining: $0.remaining)
        }
        unit = fields[.unit]?.text
        position = fields[.position]?.data ?? []
        updated = fields.latestStamp ?? .zero
        versions = entry.versions.count
    }

    /// By position, then by id. Sorts places, not items: those are dear to move.
    static func inOrder(_ items: [ItemView]) -> [ItemView] {
        let keys = items.map { (position: $0.position, id: $0.id) }
        let order = items.indices.sorted { left, right in
            precedes(keys[left].position, keys[right].position) ?? (keys[left].id < keys[right].id)
        }
        return order.map { items[$0] }
    }

    /// Nil when they are equal.
    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool? {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count == right.count ? nil : left.count < right.count
    }
}

extension MemberView {
    init?(_ user: UserID, _ fields: Fields) {
        guard let role = fields[.role]?.integer.flatMap(Role.init(rawValue:)) else { return nil }
        self.init(user: user, role: role, name: fields[.memberName]?.text ?? "")
    }
}

extension InvitationView {
    init?(_ id: EntryID, _ fields: Fields) {
        guard let role = fields[.invitationRole]?.integer.flatMap(Role.init(rawValue:)) else { return nil }
        self.init(
            id: id, role: role,
            expiresMilliseconds: fields[.expiresMilliseconds]?.integer.flatMap(UInt64.init(exactly:)),
            invitedBy: fields[.invitedBy]?.data.flatMap(UserID.init(bytes:)))
    }
}
