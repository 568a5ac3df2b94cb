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

    let correspondent: Correspondent

    /// Whether `user` may follow `document`. A person's own shelf may be followed too, so that a new list shows at once.
    func find(_ document: DocumentID, user: UserID, since: Context?) async -> Finding {
        let isShelf = document == DocumentID.shelfDocument(user)
        let kind: DocumentKind = isShelf ? .shelf : .list
        let access = await read(document, ReadPayload(kind, .access))
        guard access.status == .found else { return access.status == .refused ? .forbidden : .unreachable }
        var role = "owner"
        if !isShelf {
            guard let held = self.role(of: user, in: access) else { return .forbidden }
            role = "\(held)"
        }
        guard let since, !access.context.isSubset(of: since) else {
            return .granted(role: role, context: access.context, delta: nil)
        }
        let missing = await read(document, ReadPayload(kind, .missing(since: since)))
        guard missing.status == .found else { return .unreachable }
        return .granted(role: role, context: missing.context, delta: missing.delta)
    }

    /// The document's context now; nil when it cannot be had.
    func context(of document: DocumentID, kind: DocumentKind) async -> Context? {
        let result = await read(document, ReadPayload(kind, .context))
        return result.status == .found ? result.context : nil
    }

    private func role(of user: UserID, in access: ReadResult) -> Role? {
        guard let delta = access.delta else { return nil }
        var document = Document(kind: .list)
        document.merge(delta)
        return document.role(of: user)
    }

    private func read(_ document: DocumentID, _ question: ReadPayload) async -> ReadResult {
        await correspondent.read(
            document, question, trace: 0, deadlineMilliseconds: wallClockMilliseconds() + Self.patienceMilliseconds)
    }
}
