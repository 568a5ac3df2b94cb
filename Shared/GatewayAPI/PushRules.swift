internal import Accounts
package import ListCRDT
package import SyncProtocol

/// Whether a push may be written. Pure: everything it depends on is passed in.
package enum PushVerdict: Hashable, Sendable {
    /// - Parameter founding: it makes a list that did not exist.
    case allowed(founding: Bool)
    case refused(SyncStatus, String)
    /// It replaces operations of others that are not known to be durable. Look again; if they are still unknown, it is
    /// invalid: otherwise anyone could suppress operations that others have yet to make.
    case unknownDots
}

package struct PushRules: Sendable {
    package let user: UserID
    package let replica: ReplicaID
    package let now: UInt64

    package init(user: UserID, replica: ReplicaID, now: UInt64) {
        self.user = user
        self.replica = replica
        self.now = now
    }

    /// - Parameter access: of this document, which is the person's own if it is a shelf.
    package func judge(_ delta: Delta, to document: DocumentID, against access: Access) -> PushVerdict {
        let founding = delta.kind == .list && !access.exists
        if delta.kind == .list {
            if founding, !founds(delta) { return .refused(.gone, "there is no such list") }
            if founding, document.isDerived { return .refused(.invalid, "an account or a shelf belongs there") }
            if !founding, !may(delta, access.document) { return .refused(.forbidden, "the role does not allow it") }
        }
        if replica.isServers { return .refused(.invalid, "its replica is one of the gateways'") }
        do { try delta.checkPush(from: replica) } catch { return .refused(.invalid, "\(error)") }
        if let stamp = delta.latestStamp, stamp.milliseconds > now + GatewayLimits.stampAheadMillisecondsMax {
            return .refused(.clockAhead, "stamped \(stamp.milliseconds - now) ms ahead")
        }
        let foreign = delta.foreignDots(of: replica)
        if foreign.isEmpty { return .allowed(founding: founding) }
        guard foreign.isSubset(of: access.context) else { return .unknownDots }
        return .allowed(founding: founding)
    }

    /// A list is founded by its head and by its one member, the owner who sends it.
    private func founds(_ delta: Delta) -> Bool {
        guard delta[.head]?.versions.isEmpty == false else { return false }
        let members = delta.entries.filter { $0.key.collection == .members && !$0.value.versions.isEmpty }
        guard members.count == 1, let owner = members.first, owner.key.id == user else { return false }
        return owner.value.versions.allSatisfy { $0.fields[.role] == .int(Role.owner.rawValue) }
    }

    private func may(_ delta: Delta, _ document: Document) -> Bool {
        guard let role = document.role(of: user) else { return false }
        return delta.entries.allSatisfy { key, change in
            AccessRules.may(role, change, at: key, was: document.entries[key], user: user)
        }
    }
}
