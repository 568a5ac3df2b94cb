internal import Foundation
internal import NIOHTTP1
package import ListCRDT

/// What only the server can do: letting people in, and telling who did what.
extension ReplicaStore {
    package func invite(to list: DocumentID, as role: Role) async throws -> InvitationAnswer {
        try await ask(.POST, "/v1/lists/\(list.hex)/invitations", ["role": role.word])
    }

    /// - Parameter token: as it was given, or the address that ends in it.
    package func join(token: String) async throws -> DocumentID {
        let last = token.split(separator: "/").last.map(String.init) ?? token
        let escaped =
            last.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-_.")))
            ?? last
        let joined: JoinedList = try await ask(.POST, "/v1/invitations/\(escaped)")
        guard let list = DocumentID(hex: joined.id) else {
            throw DeviceError.refused("not_larder", "The server did not say which list that is.")
        }
        try await follow(list, named: joined.name ?? "shared list")
        return list
    }

    package func history(of list: DocumentID, limit: Int) async throws -> [HistoryAnswer.Change] {
        let answer: HistoryAnswer = try await ask(.GET, "/v1/lists/\(list.hex)/history?limit=\(limit)")
        return answer.changes
    }

    /// - Parameter role: nil: no longer a member.
    package func set(_ role: Role?, of member: UserID, in list: DocumentID) async throws {
        let path = "/v1/lists/\(list.hex)/members/\(member.hex)"
        if let role {
            let _: Unread = try await ask(.PUT, path, ["role": role.word])
        } else {
            let _: Unread = try await ask(.DELETE, path)
        }
    }
}

/// An answer that nobody reads.
private struct Unread: Decodable {
    init(from decoder: any Decoder) throws {}
}
