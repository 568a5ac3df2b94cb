import Accounts
import Bus
import ListCRDT
import Messages

/// Asks the ring what a person may follow, and where a document stands.
struct LiveAccess: Sendable {
    static let patienceMilliseconds: UInt64 = 2_000

    enum Finding: Sendable {
        /// They may; `delta` is what a device with the context it named lacks.
        case granted(role: String, context: Context, delta: Delta?)
        case forbidden
        case unreachable
    }

    /// Where a document stands, and who may follow it.
    enum Standing: Sendable {
        case found(context: Context, members: Document)
        case refused
        case unreachable

        /// Nil: none.
        func role(of user: UserID, in document: DocumentID) -> String? {
            guard case .found(_, let members) = self else { return nil }
            return document == .shelfDocument(user) ? "owner" : members.role(of: user).map { "\($0)" }
        }
    }

    let correspondent: Correspondent

    /// Whether `user` may follow `document`. A person's own shelf may be followed too, so that a new list shows at once.
    func find(_ document: DocumentID, user: UserID, since: Context?) async -> Finding {
        let kind: DocumentKind = document == .shelfDocument(user) ? .shelf : .list
        let standing = await standing(of: document, kind: kind)
        if case .unreachable = standing { return .unreachable }
        guard case .found(let context, _) = standing, let role = standing.role(of: user, in: document) else {
            return .forbidden
        }
        guard let since, !context.isSubset(of: since) else {
            return .granted(role: role, context: context, delta: nil)
        }
        let missing = await read(document, ReadPayload(kind, .missing(since: since)))
        guard missing.status == .found else { return .unreachable }
        return .granted(role: role, context: missing.context, delta: missing.delta)
    }

    func standing(of document: DocumentID, kind: DocumentKind) async -> Standing {
        let access = await read(document, ReadPayload(kind, .access))
        guard access.status == .found else { return access.status == .refused ? .refused : .unreachable }
        var members = Document(kind: kind)
        if let delta = access.delta { members.merge(delta) }
        return .found(context: access.context, members: members)
    }

    private func read(_ document: DocumentID, _ question: ReadPayload) async -> ReadResult {
        await correspondent.read(
            document, question, trace: 0, deadlineMilliseconds: wallClockMilliseconds() + Self.patienceMilliseconds)
    }
}
