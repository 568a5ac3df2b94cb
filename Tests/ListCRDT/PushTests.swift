import ListCRDT
import Testing

@Suite("What one replica may push")
struct PushTests {
    private var anna = Editor(1)
    private var ben = Editor(2)

    private func refusal(_ delta: Delta, from editor: Editor) -> PushRefusal? {
        do {
            try delta.checkPush(from: editor.replica)
            return nil
        } catch {
            return error
        }
    }

    @Test("Its own operations, one by one or joined; the versions of others that they replace are named")
    mutating func own() {
        let milk = anna.add("Milk")
        ben.receive(milk.delta)
        var push = ben.edit(milk.id, [.set(.checked, .bool(true))])
        push.merge(ben.remove(milk.id))
        #expect(refusal(push, from: ben) == nil)
        #expect(push.operationCount(of: ben.replica) == 2)
        #expect(push.ownVersionsOnly(by: ben.replica) && !push.ownVersionsOnly(by: anna.replica))
        #expect(push.foreignDots(of: ben.replica) == Context(Dot(anna.replica, 1)))
        #expect(push.touches(.items) && !push.touches(.members))
        #expect(milk.delta.latestStamp?.milliseconds == anna.now && push.latestStamp == nil)
    }

    @Test("Not the operations of others, and nothing loose")
    mutating func foreign() {
        let milk = anna.add("Milk")
        #expect(refusal(milk.delta, from: ben) == .foreignOperations)
        ben.receive(milk.delta)
        _ = ben.remove(milk.id)
        #expect(refusal(ben.document.asDelta, from: ben) == .looseDots)
    }

    @Test("Not one operation on two entries")
    mutating func twoEntries() {
        let milk = anna.add("Milk")
        let change = milk.delta.entries[0].value
        let other = EntryKey(.items, EntryID(high: 1, low: 2))
        let delta = Delta(kind: .list, entries: [(EntryKey(.items, milk.id), change), (other, change)])
        #expect(refusal(delta, from: anna) == .dotInTwoEntries)
    }

    @Test("Not an item without a name")
    mutating func nameless() {
        let (key, dot) = (EntryKey(.items, anna.mint()), Dot(anna.replica, 1))
        for name in [nil, Value.null, .string(""), .int(1)] {
            var fields = Fields()
            if let name { fields.apply(.set(.name, name), stamp: Stamp(time: 1, replica: anna.replica)) }
            let change = EntryDelta(covered: Context(dot), versions: [Version(dot: dot, fields: fields)])
            #expect(refusal(Delta(kind: .list, key: key, change), from: anna) == .itemWithoutName(key))
            #expect(refusal(Delta(kind: .shelf, key: key, change), from: anna) == nil)
        }
    }

    @Test("Limits: a value may reach them and not pass them, and the refusal names the limit")
    mutating func limits() {
        let cases: [(Field, PushRefusal.Limit)] = [
            (.name, .nameCharacters), (.note, .noteCharacters), (.category, .categoryCharacters),
        ]
        for (field, limit) in cases {
            let text = String(repeating: "é", count: limit.maximum)
            #expect(refusal(withValue(.string(text), in: field), from: anna) == nil)
            #expect(refusal(withValue(.string(text + "x"), in: field), from: anna) == .overLimit(limit))
        }
        let other = Field(rawValue: 999)
        #expect(refusal(withValue(.bytes([UInt8](repeating: 1, count: 65_536)), in: other), from: anna) == nil)
        let long = [UInt8](repeating: 1, count: 65_537)
        #expect(refusal(withValue(.bytes(long), in: other), from: anna) == .overLimit(.valueBytes))
        let text = String(decoding: long, as: UTF8.self)
        #expect(refusal(withValue(.string(text), in: other), from: anna) == .overLimit(.valueBytes))
        let position = [UInt8](repeating: 1, count: ListLimits.positionBytes + 1)
        #expect(refusal(withValue(.bytes(position), in: .position), from: anna) == .overLimit(.positionBytes))
    }

    private func withValue(_ value: Value, in field: Field) -> Delta {
        var editor = anna
        return editor.edit(editor.mint(), [.set(.name, .string("x")), .set(field, value)])
    }

    @Test("1,000 operations and not one more, however few bytes a range of them takes")
    mutating func operations() {
        var push = Delta(kind: .list)
        for number in 0..<1_000 { push.merge(anna.add("item \(number)").delta) }
        #expect(refusal(push, from: anna) == nil)
        push.merge(anna.add("one more").delta)
        #expect(refusal(push, from: anna) == .overLimit(.operationsInPush))
        var covered = Context()
        covered.insert(anna.replica, 1...UInt64.max)
        let endless = Delta(kind: .list, key: .head, EntryDelta(covered: covered))
        #expect(refusal(endless, from: anna) == .overLimit(.operationsInPush))
    }
}
