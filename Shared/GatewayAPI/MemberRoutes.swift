internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import Messages

/// `/v1/lists/{list}/members`: owners change them, everyone may leave.
///
/// When an owner takes rights from someone, all open invitations end in the same write: the person may know one that
/// would give the rights back.
struct MemberRoutes: Sendable {
    static let path = ListRoutes.path + "/members"

    private struct NewRole: Decodable {
        var role: String
    }

    let desk: ListDesk

    var routes: [Route] {
        [
            .signedIn(.get, Self.path) { .json(try await members(of: $0.list, for: $1)) },
            .signedIn(.put, Self.path + "/{user}") { call, caller in
                let role = try Role(named: try await call.json(NewRole.self).role)
                return .json(try await set(role, of: call.member, in: call.list, by: caller))
            },
            .signedIn(.delete, Self.path + "/{user}") { call, caller in
                try await remove(call.member, from: call.list, by: caller)
                return .noContent
            },
        ]
    }

    private func members(of list: DocumentID, for caller: Caller) async throws -> MembersAnswer {
        let reading = try await desk.library.read(list, .list, .access, trace: caller.trace)
        return MembersAnswer(reading.document, role: try ListDesk.role(of: caller, in: reading))
    }

    private func set(
        _ role: Role, of user: UserID, in list: DocumentID, by caller: Caller
    ) async throws -> MembersAnswer {
        let key = EntryKey(.members, user)
        let reading = try await desk.edit(list, at: key, by: caller) { edit in
            try ListDesk.owner(caller, in: edit.reading)
            guard let old = edit.document.role(of: user) else { throw Self.nobody }
            if old == role { return }
            if old == .owner { try Self.requireAnotherOwner(beside: user, edit.document) }
            edit.change(key, [.set(.role, .int(role.rawValue))])
            if role.rawValue > old.rawValue { Self.endInvitations(&edit) }
        }
        try await keepShelf(of: user, list, reading, by: caller)
        return MembersAnswer(reading.document, role: try ListDesk.role(of: caller, in: reading))
    }

    /// Ends a membership or an invitation.
    private func remove(_ user: UserID, from list: DocumentID, by caller: Caller) async throws {
        let key = EntryKey(.members, user)
        var wasMember = false
        let reading = try await desk.edit(list, at: key, by: caller) { edit in
            let role = try ListDesk.role(of: caller, in: edit.reading)
            guard role.canManage || user == caller.user else {
                throw APIError(.forbidden, "Only an owner of the list may remove others.")
            }
            guard edit.document.entries[key] != nil else { throw Self.nobody }
            let old = edit.document.role(of: user)
            if old == .owner { try Self.requireAnotherOwner(beside: user, edit.document) }
            wasMember = old != nil
            edit.remove(key)
            if wasMember, role.canManage { Self.endInvitations(&edit) }
        }
        if wasMember { try await keepShelf(of: user, list, reading, by: caller) }
    }

    private static func endInvitations(_ edit: inout Edit) {
        let now = edit.now
        for invitation in edit.document.list.invitations where now < invitation.expiresMilliseconds ?? 0 {
            edit.remove(EntryKey(.members, invitation.id))
        }
    }

    private func keepShelf(
        of user: UserID, _ list: DocumentID, _ reading: Reading, by caller: Caller
    ) async throws {
        let name = reading.document.list.members.first { $0.user == user }?.name
        try await desk.shelves.keep(
            user, list, username: user == caller.user ? caller.username : name ?? "", by: caller)
    }

    /// The last owner may leave only when nobody else remains.
    private static func requireAnotherOwner(beside user: UserID, _ document: Document) throws {
        let others = document.list.members.filter { $0.user != user }
        guard others.isEmpty || others.contains(where: { $0.role == .owner }) else {
            throw APIError(.lastOwner, "This is the list's last owner. Make another member an owner first.")
        }
    }

    private static let nobody = APIError(.memberNotFound, "There is no such member of this list.")
}

extension Call {
    fileprivate var member: UserID { get throws { try identifier("user", orElse: .memberNotFound) } }
}
