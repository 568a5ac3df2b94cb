import Accounts
import GatewayAPI
import ListCRDT
import SyncProtocol
import Testing

@Suite("Whether a push may be written")
struct PushRulesTests {
    private let list = DocumentID(high: 3, low: 3)
    private let now: UInt64 = 1_800_000_000_000

    /// What is said to someone who founds a list.
    private func founding(_ id: DocumentID, replica: UInt64) -> PushVerdict {
        var device = Device(.test(1, "ada"), replica: replica)
        device.found(id, now: now)
        let delta = device.request([id]).documents[0].delta ?? Delta(kind: .list)
        let nothing = Access(document: Document(kind: .list), context: Context(), asOfMilliseconds: now)
        let rules = PushRules(user: device.caller.user, replica: device.replica, now: now)
        return rules.judge(delta, to: id, against: nothing)
    }

    @Test("Half of all replicas are the gateways' own, and nobody pushes as one of them")
    func servers() {
        #expect(founding(list, replica: 1) == .allowed(founding: true))
        #expect(founding(list, replica: .max >> 1) == .allowed(founding: true))
        #expect(founding(list, replica: 1 << 63).status == .invalid)
        #expect(founding(list, replica: .max).status == .invalid)
        #expect(Pen().current().replica.isServers)
    }

    @Test("No list is founded where an account or a shelf belongs")
    func derived() throws {
        let account = DocumentID.accountDocument(try Username("ada"))
        let shelf = DocumentID.shelfDocument(UserID(high: 7, low: 2))
        #expect(founding(account, replica: 11).status == .invalid)
        #expect(founding(shelf, replica: 11).status == .invalid)
    }

    @Test("Whoever leaves uses up one dot, not those that another is yet to mint")
    func leaving() {
        let bob = Caller.test(2, "bob")
        let membership = EntryKey(.members, bob.user)
        var ada = Device(.test(1, "ada"), replica: 11)
        ada.found(list, now: now)
        ada.edit(list, membership, [.set(.role, .int(Role.viewer.rawValue))], now: now)
        let document = ada.documents[list] ?? Document(kind: .list)
        let access = Access(document: document, context: document.context, asOfMilliseconds: now)
        let seen = Context(Dot(ada.replica, 3))

        func leave(_ counters: ClosedRange<UInt64>) -> PushVerdict {
            let replica = ReplicaID(rawValue: 21)
            var covered = Context()
            covered.insert(replica, counters)
            let delta = Delta(kind: .list, key: membership, EntryDelta(covered: covered, replaced: seen))
            let rules = PushRules(user: bob.user, replica: replica, now: now)
            return rules.judge(delta, to: list, against: access)
        }
        #expect(leave(1...1) == .allowed(founding: false))
        #expect(leave(1...2).status == .forbidden)
        #expect(leave(5...1_000).status == .forbidden)
    }
}

extension PushVerdict {
    /// Nil: not refused.
    fileprivate var status: SyncStatus? {
        guard case .refused(let status, _) = self else { return nil }
        return status
    }
}
