import ListCRDT
import TestSupport
import Testing

@Suite("Operations on a list, when two people make them at once")
struct ListTests {
    private var anna = Editor(1)
    private var ben = Editor(2)
    private let milk: EntryID

    init() {
        let added = anna.add("Milk")
        milk = added.id
        ben.receive(added.delta)
        ben.receive(anna.edit(milk, [.setTarget(.quantity, 3), .set(.note, .string("fresh"))]))
    }

    private mutating func exchange(_ annas: [Delta], _ bens: [Delta]) {
        for delta in bens { anna.receive(delta) }
        for delta in annas { ben.receive(delta) }
    }

    @Test("An edit concurrent with a removal keeps the whole item")
    mutating func editBeatsRemoval() {
        let checked = ben.edit(milk, [.set(.checked, .bool(true))])
        exchange([anna.remove(milk)], [checked])
        #expect(anna.document == ben.document)
        let item = anna.document.item(milk)
        #expect(item?.name == "Milk" && item?.note == "fresh" && item?.checked == true && item?.quantity?.target == 3)
    }

    @Test("A removal that saw the edit removes it everywhere, and leaves nothing behind")
    mutating func removal() {
        let removed = anna.remove(milk)
        exchange([removed], [])
        #expect(anna.document == ben.document)
        #expect(anna.document.entries.isEmpty)
    }

    @Test("Two people who take one of three leave one")
    mutating func takenTwice() {
        exchange([anna.edit(milk, [.add(.quantity, 1)])], [ben.edit(milk, [.add(.quantity, 1)])])
        #expect(anna.document == ben.document)
        #expect(anna.document.item(milk)?.numbers == [3, 2, 1])
        #expect(anna.document.item(milk)?.versions == 2)
        _ = anna.edit(milk, [.add(.quantity, 4)])
        #expect(anna.document.item(milk)?.numbers == [3, 6, 0])
        #expect(anna.document.item(milk)?.versions == 1)
    }

    @Test("Counting adds up however often people take at once, as long as nobody removes the item")
    func countsAddUp() {
        forAll(cases: 300 * caseFactor) { random in
            var world = World(keys: 1, allowsRemoval: false, random: &random)
            try world.run(steps: 40, random: &random)
            world.heal()
            let key = world.deltas.first?.entries.first?.key ?? .head
            let counter = world.replicas[0].document.entries[key]?.shown.counter(.quantity)
            let amounts = world.amountsCounted(key: key, epoch: counter?.epoch ?? .zero)
            try require(counter?.acquired ?? 0 == amounts.reduce(0, +), "\(amounts) were counted")
        }
    }

    @Test("The later of two target quantities wins, and begins to count anew")
    mutating func targets() {
        let five = anna.edit(milk, [.setTarget(.quantity, 5)])
        ben.now += 10
        let seven = ben.edit(milk, [.add(.quantity, 2), .setTarget(.quantity, 7)])
        exchange([five], [seven])
        #expect(anna.document == ben.document)
        #expect(anna.document.item(milk)?.numbers == [7, 0, 7])
    }

    @Test("Field by field the later change wins")
    mutating func fieldByField() {
        let renamed = anna.edit(milk, [.set(.name, .string("Oat milk")), .set(.category, .string("Cold"))])
        ben.now += 10
        let noted = ben.edit(milk, [.set(.note, .string("two if cheap")), .set(.category, .string("Dairy"))])
        exchange([renamed], [noted])
        #expect(anna.document == ben.document)
        let item = anna.document.item(milk)
        #expect(item?.name == "Oat milk" && item?.note == "two if cheap" && item?.category == "Dairy")
    }

    @Test("Two moves of one item leave it in one place, the later one's")
    mutating func moves() {
        let bread = anna.add("Bread", after: anna.document.item(milk)?.position)
        ben.receive(bread.delta)
        let (first, last) = (anna.document.list.items[0].position, anna.document.list.items[1].position)
        let up = Position.between(nil, first, dot: Dot(anna.replica, anna.minted + 1))
        let down = Position.between(last, nil, dot: Dot(ben.replica, ben.minted + 1))
        let annas = anna.edit(bread.id, [.set(.position, .bytes(up))])
        ben.now += 10
        let bens = ben.edit(milk, [.set(.position, .bytes(down))])
        exchange([annas], [bens])
        #expect(anna.document == ben.document)
        #expect(anna.document.list.items.map(\.name) == ["Bread", "Milk"])
    }

    @Test("An edit in a trashed list is kept, and shows when the list is restored")
    mutating func trash() {
        let trashed = anna.edit(.head, [.set(.name, .string("Groceries")), .set(.trashed, .bool(true))])
        exchange([trashed], [ben.edit(milk, [.set(.checked, .bool(true))])])
        #expect(anna.document.list.trashed && ben.document.list.trashed)
        ben.receive(anna.edit(.head, [.set(.trashed, .bool(false))]))
        #expect(!ben.document.list.trashed)
        #expect(ben.document.list.items.map(\.checked) == [true])
        #expect(ben.document.list.name == "Groceries")
    }

    @Test("An edit of an item that is gone, without a name, does nothing and leaves the dot free")
    mutating func nameless() {
        _ = anna.remove(milk)
        let before = anna.document
        #expect(anna.edit(milk, [.set(.checked, .bool(true))]).isEmpty)
        #expect(anna.edit(milk, [.set(.name, .string(""))]).isEmpty)
        #expect(anna.document == before)
        #expect(!anna.edit(milk, [.set(.name, .string("Milk again"))]).isEmpty)
    }

    @Test("A dot that was used is not used again")
    mutating func usedDot() {
        let before = anna.document
        let (dot, stamp) = (Dot(anna.replica, 1), Stamp(time: .max, replica: anna.replica))
        let changes: [FieldChange] = [.set(.name, .string("other"))]
        #expect(anna.document.edit(EntryKey(.items, milk), changes, dot: dot, stamp: stamp).isEmpty)
        #expect(anna.document.remove(EntryKey(.items, milk), dot: dot).isEmpty)
        #expect(anna.document.remove(EntryKey(.items, milk), dot: Dot(anna.replica, 0)).isEmpty)
        #expect(anna.document == before)
    }

    @Test("Cloned replicas that gave one dot and stamp to two edits agree all the same, and are counted")
    mutating func clones() throws {
        var clone = anna
        let (one, two) = (
            anna.edit(milk, [.set(.name, .string("Rice"))]), clone.edit(milk, [.set(.name, .string("Peas"))])
        )
        #expect(anna.document.merge(two) == 1)
        #expect(clone.document.merge(one) == 1)
        #expect(anna.document == clone.document)
        #expect(anna.document.item(milk)?.name == "Rice")
    }

    @Test("Members, roles and invitations")
    mutating func members() {
        let owner = UserID(high: 7, low: 1 << 63)
        let guest = UserID(high: 3, low: 9)
        _ = anna.edit(EntryKey(.members, owner), [.set(.role, .int(1)), .set(.memberName, .string("anna"))])
        _ = anna.edit(EntryKey(.members, guest), [.set(.role, .int(9))])
        let invitation = EntryKey(.members, EntryID(high: 1, low: 1))
        let expires = FieldChange.set(.expiresMilliseconds, .int(5))
        _ = anna.edit(invitation, [.set(.invitationRole, .int(2)), expires, .set(.invitedBy, .bytes(owner.bytes))])
        let list = anna.document.list
        #expect(list.members.map(\.user) == [owner] && list.members.map(\.name) == ["anna"])
        #expect(list.invitations.map(\.role) == [.editor] && list.invitations.map(\.invitedBy) == [owner])
        #expect(anna.document.role(of: owner) == .owner && anna.document.role(of: guest) == nil)
        #expect(Role.owner.canManage && Role.editor.canEdit && !Role.editor.canManage && !Role.viewer.canEdit)
    }

    @Test("After 100,000 additions and removals a list is within 1.05 times of one that only held the live items")
    func noTraces() {
        var plain = Editor(1)
        var busy = Editor(1)
        for number in 0..<1_000 {
            plain.now += 1_000
            busy.now += 1_000
            let details: [FieldChange] = [.setTarget(.quantity, 2), .set(.checked, .bool(false))]
            _ = plain.edit(plain.add("item \(number)").id, details)
            _ = busy.edit(busy.add("item \(number)").id, details)
            for _ in 0..<100 { _ = busy.remove(busy.add("passing").id) }
        }
        #expect(busy.document.list.items.count == 1_000)
        let (bytes, plainBytes) = (busy.document.encoded().count, plain.document.encoded().count)
        #expect(Double(bytes) <= 1.05 * Double(plainBytes), "\(bytes) bytes, \(plainBytes) without the passing items")
    }
}

extension ItemView {
    /// Target, acquired, remaining.
    var numbers: [Int64]? {
        quantity.map { [$0.target, $0.acquired, $0.remaining] }
    }
}

extension World {
    /// What the operations on an entry counted in an epoch.
    func amountsCounted(key: EntryKey, epoch: Stamp) -> [Int64] {
        model.operations.values.flatMap { operation -> [Int64] in
            guard operation.key == key else { return [] }
            var current = replacedEpoch(of: operation)
            return (operation.changes ?? []).compactMap { change in
                if case .setTarget = change { current = max(current, operation.stamp) }
                if case .add(_, let amount) = change, current == epoch { return amount }
                return nil
            }
        }
    }

    private func replacedEpoch(of operation: HistoryModel.Operation) -> Stamp {
        operation.replaced.map { dot in
            var epoch = model.operations[dot].map(replacedEpoch) ?? .zero
            for case .setTarget in model.operations[dot]?.changes ?? [] {
                epoch = max(epoch, model.operations[dot]?.stamp ?? .zero)
            }
            return epoch
        }.max() ?? .zero
    }
}
