internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import Messages

/// Invitations: made by an owner, good for a time and for any number of people, ended by removing them from the
/// members, and all at once when an owner removes or demotes someone.
struct InvitationRoutes: Sendable {
    private struct NewInvitation: Decodable {
        let role: Role
        let milliseconds: UInt64

        enum Key: String, CodingKey { case role, expiresInSeconds }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            role = try Role(named: try fields.decode(String.self, forKey: .role))
            let seconds = try fields.present(Int64.self, .expiresInSeconds)
            milliseconds = try seconds.map(Self.milliseconds) ?? GatewayLimits.invitationMilliseconds
        }

        private static func milliseconds(_ seconds: Int64) throws -> UInt64 {
            let range = GatewayLimits.invitationSeconds
            guard range.contains(seconds) else {
                throw APIError(
                    .invalidField,
                    "The field `expiresInSeconds` is a number from \(range.lowerBound) to \(range.upperBound).")
            }
            return UInt64(seconds) * 1_000
        }
    }

    private struct Answer: Encodable {
        /// `id` names it among the list's invitations.
        var id, token, url, role, expiresAt: String
    }

    let desk: ListDesk

    var routes: [Route] {
        [
            .signedIn(.post, ListRoutes.path + "/invitations") { call, caller in
                .json(try await invite(to: call.list, call.json(), by: caller), status: .created)
            },
            .signedIn(.post, "/v1/invitations/{token}") { call, caller in
                guard let token = call.context.parameters.get("token").flatMap({ InvitationToken(text: $0) }) else {
                    throw Self.unknown
                }
                return .json(try await accept(token, as: caller))
            },
        ]
    }

    private func invite(to list: DocumentID, _ wanted: NewInvitation, by caller: Caller) async throws -> Answer {
        let token = InvitationToken(invitingTo: list)
        var expires: UInt64 = 0
        _ = try await desk.edit(list, at: token.key, by: caller) { edit in
            try ListDesk.owner(caller, in: edit.reading)
            expires = edit.now + wanted.milliseconds
            edit.change(
                token.key,
                [
                    .set(.invitationRole, .int(wanted.role.rawValue)), .set(.invitedBy, .bytes(caller.user.bytes)),
                    .set(.expiresMilliseconds, .int(Int64(clamping: expires))),
                ])
        }
        return Answer(
            id: token.key.id.hex, token: token.text, url: "\(desk.publicURL())/join/\(token.text)",
            role: wanted.role.name, expiresAt: timeText(expires))
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
