import GatewayAPI
import ListCRDT
import Testing

@Suite("Who may change what in a list")
struct AccessRulesTests {
    private static let user = UserID(high: 1, low: 1)
    private static let other = UserID(high: 1, low: 2)

    /// What someone tries, and who may.
    struct Attempt: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var key: EntryKey
        var changes: [FieldChange]?
        var allowed: Set<Role>
    }

    private static let attempts: [Attempt] = [
        .init(
            testDescription: "add an item", key: EntryKey(.items, .init(high: 9, low: 1)),
            changes: [.set(.name, .string("Tea"))], allowed: [.owner, .editor]),
        .init(
            testDescription: "change an item", key: item, changes: [.set(.checked, .bool(true))],
            allowed: [.owner, .editor]),
        .init(testDescription: "remove an item", key: item, changes: nil, allowed: [.owner, .editor]),
        .init(
            testDescription: "rename the list", key: .head, changes: [.set(.name, .string("Food"))],
            allowed: [.owner, .editor]),
        .init(testDescription: "trash the list", key: .head, changes: [.set(.trashed, .bool(true))], allowed: [.owner]),
        .init(
            testDescription: "rename and trash at once", key: .head,
            changes: [.set(.name, .string("x")), .set(.trashed, .bool(true))], allowed: [.owner]),
        .init(
            testDescription: "set a field of the head that is not known", key: .head,
            changes: [.set(Field(rawValue: 999), .int(1))], allowed: [.owner]),
        .init(testDescription: "take the head away", key: .head, changes: nil, allowed: []),
        .init(
            testDescription: "make oneself owner", key: EntryKey(.members, user), changes: [.set(.role, .int(1))],
            allowed: [.owner]),
        .init(
            testDescription: "change one's own name", key: EntryKey(.members, user),
            changes: [.set(.memberName, .string("z"))], allowed: [.owner]),
        .init(
            testDescription: "leave", key: EntryKey(.members, user), changes: nil, allowed: [.owner, .editor, .viewer]),
        .init(
            testDescription: "change another's role", key: EntryKey(.members, other), changes: [.set(.role, .int(3))],
            allowed: [.owner]),
        .init(testDescription: "remove another", key: EntryKey(.members, other), changes: nil, allowed: [.owner]),
        .init(
            testDescription: "invite", key: EntryKey(.members, .init(high: 5, low: 5)),
            changes: [.set(.invitationRole, .int(2))], allowed: [.owner]),
        .init(
            testDescription: "write to a collection that is not known", key: EntryKey(.init(rawValue: 9), .zero),
            changes: [.set(.name, .string("x"))], allowed: [.owner]),
    ]

    private static let item = EntryKey(.items, .init(high: 9, low: 0))

    private static func list() -> (Document, HybridClock) {
        let replica = ReplicaID(rawValue: 1)
        var clock = HybridClock(replica: replica)
        var list = Document(kind: .list)
        let entries: [(EntryKey, [FieldChange])] = [
            (.head, [.set(.name, .string("Groceries")), .set(.trashed, .bool(false))]),
            (EntryKey(.members, user), [.set(.role, .int(2))]), (EntryKey(.members, other), [.set(.role, .int(2))]),
            (item, [.set(.name, .string("Milk"))]),
        ]
        for (index, (key, changes)) in entries.enumerated() {
            _ = list.edit(key, changes, dot: Dot(replica, UInt64(index + 1)), stamp: clock.next(now: 1_000))
        }
        return (list, clock)
    }

    @Test("Each attempt is allowed to exactly the roles that the table says", arguments: attempts)
    func table(attempt: Attempt) throws {
        for role in Role.allCases {
            let (list, _) = Self.list()
            var edited = list
            let dot = Dot(ReplicaID(rawValue: 2), 1)
            let stamp = Stamp(time: 2_000 << 16, replica: ReplicaID(rawValue: 2))
            let delta =
                attempt.changes.map { edited.edit(attempt.key, $0, dot: dot, stamp: stamp) }
                ?? edited.remove(attempt.key, dot: dot)
            let change = try #require(delta[attempt.key])
            let may = AccessRules.may(
                role, change, at: attempt.key, was: list.entries[attempt.key], user: Self.user)
            #expect(may == attempt.allowed.contains(role), "\(role)")
        }
    }

    @Test("An editor who drops a field of the head changes it, though nothing newer is written")
    func dropping() throws {
        let (list, _) = Self.list()
        let replica = ReplicaID(rawValue: 2)
        var fields = Fields()
        fields.apply(.set(.name, .string("Food")), stamp: Stamp(time: 2_000 << 16, replica: replica))
        let head = try #require(list.entries[.head])
        let change = EntryDelta(
            covered: Context(), replaced: Context(head.versions.map(\.dot)),
            versions: [Version(dot: Dot(replica, 1), fields: fields)])
        #expect(AccessRules.changedFields(change, head) == [.name, .trashed])
        #expect(!AccessRules.may(.editor, change, at: .head, was: head, user: Self.user))
    }

    @Test("Older values that come along are no changes")
    func older() throws {
        let (list, _) = Self.list()
        let replica = ReplicaID(rawValue: 2)
        var fields = Fields()
        fields.apply(.set(.trashed, .bool(true)), stamp: Stamp(time: 1, replica: replica))
        fields.apply(.set(.name, .string("Food")), stamp: Stamp(time: 2_000 << 16, replica: replica))
        let change = EntryDelta(covered: Context(), versions: [Version(dot: Dot(replica, 1), fields: fields)])
        #expect(AccessRules.changedFields(change, list.entries[.head]) == [.name])
    }
}
