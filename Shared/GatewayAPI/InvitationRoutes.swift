internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import Messages

/// Invitations: made by an owner, good for a week and for any number of people, ended by removing them from the
/// members, and all at once when an owner removes or demotes someone.
struct InvitationRoutes: Sendable {
    private struct NewInvitation: Decodable {
        var role: String
    }

    private struct Answer: Encodable {
        var token, url, role, expiresAt: String
    }

    let desk: ListDesk

    var routes: [Route] {
        [
            .signedIn(.post, ListRoutes.path + "/invitations") { call, caller in
                let role = try Role(named: try await call.json(NewInvitation.self).role)
                return .json(try await invite(to: call.list, as: role, by: caller), status: .created)
            },
            .signedIn(.post, "/v1/invitations/{token}") { call, caller in
                guard let token = call.context.parameters.get("token").flatMap({ InvitationToken(text: $0) }) else {
                    throw Self.unknown
                }
                return .json(try await accept(token, as: caller))
            },
        ]
    }

    private func invite(to list: DocumentID, as role: Role, by caller: Caller) async throws -> Answer {
        let token = InvitationToken(invitingTo: list)
        var expires: UInt64 = 0
        _ = try await desk.edit(list, at: token.key, by: caller) { edit in
            try ListDesk.owner(caller, in: edit.reading)
            expires = edit.now + GatewayLimits.invitationMilliseconds
            edit.change(
                token.key,
                [
                    .set(.invitationRole, .int(role.rawValue)), .set(.invitedBy, .bytes(caller.user.bytes)),
                    .set(.expiresMilliseconds, .int(Int64(clamping: expires))),
                ])
        }
        return Answer(
            token: token.text, url: "\(desk.publicURL())/join/\(token.text)", role: role.name,
            expiresAt: timeText(expires))
    }

    /// Never lowers a role that the person has already.
    private func accept(_ token: InvitationToken, as caller: Caller) async throws -> ListAnswer {
        let key = EntryKey(.members, caller.user)
        _ = try await desk.edit(token.list, at: key, by: caller) { edit in
            let invitations = edit.document.list.invitations
            guard let invitation = invitations.first(where: { $0.id == token.key.id }) else { throw Self.unknown }
            guard edit.now < invitation.expiresMilliseconds ?? 0 else {
                throw APIError(.invitationExpired, "The invitation has run out. Ask for a new one.")
            }
            if let role = edit.document.role(of: caller.user), role.rawValue <= invitation.role.rawValue { return }
            edit.change(
                key, [.set(.role, .int(invitation.role.rawValue)), .set(.memberName, .string(caller.username))])
        }
        try await desk.shelves.keep(caller.user, token.list, username: caller.username, by: caller)
        return try await desk.answer(token.list, for: caller)
    }

    private static let unknown = APIError(.invitationNotFound, "There is no such invitation, or no longer.")
}
