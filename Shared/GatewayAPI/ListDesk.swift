internal import Accounts
internal import Foundation
internal import ListCRDT
internal import Messages

/// What routes about one list share: that it exists, and what the person may do with it.
struct ListDesk: Sendable {
    let library: Library
    let shelves: ShelfKeeper
    /// Where people reach the gateway; links begin with it. It may be known only when the gateway runs.
    let publicURL: @Sendable () -> String

    /// The role of someone who may see the list. Throws for everyone else.
    static func role(of caller: Caller, in reading: Reading) throws -> Role {
        guard reading.exists else { throw APIError(.listNotFound, "There is no such list.") }
        guard let role = reading.document.role(of: caller.user) else {
            throw APIError(.forbidden, "This list is not shared with you.")
        }
        return role
    }

    @discardableResult
    static func editor(_ caller: Caller, in reading: Reading) throws -> Role {
        let role = try role(of: caller, in: reading)
        guard role.canEdit else {
            throw APIError(
                .forbidden, "You may look at this list, but not change it. Its owner can make you an editor.")
        }
        return role
    }

    static func owner(_ caller: Caller, in reading: Reading) throws {
        guard try role(of: caller, in: reading).canManage else {
            throw APIError(.forbidden, "Only an owner of the list may do this.")
        }
    }

    func answer(_ list: DocumentID, for caller: Caller) async throws -> ListAnswer {
        let reading = try await library.whole(list, trace: caller.trace)
        return ListAnswer(list, reading, role: try Self.role(of: caller, in: reading))
    }

    func edit(
        _ list: DocumentID, at key: EntryKey, reading what: ReadPayload.What = .access, by caller: Caller,
        _ change: (inout Edit) throws -> Void
    ) async throws -> Reading {
        try await library.edit(list, at: key, reading: what, by: caller, change)
    }

    /// A name that someone chose, without space around it.
    static func name(_ text: String, of what: String) throws -> Value {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else {
            throw APIError(.invalidField, "The field `name` is empty: \(what) needs a name.")
        }
        return .string(trimmed)
    }
}

extension Identifier {
    /// 128 bits from the system's secure source, none that belong to an account or a shelf.
    static func random() -> Identifier {
        while true {
            let id = Identifier(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
            if !id.isDerived { return id }
        }
    }
}
