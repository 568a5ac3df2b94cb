import ListCRDT
import ReplicaStore
import Testing

@Suite("Baskets, exports and names")
struct WordsTests {
    @Test("A basket a line, commas between items, quotes around what holds a comma")
    func baskets() {
        let baskets = Baskets("citrus fruit,semi-finished bread\r\n\n whole milk \n\"jam, red\",\"a \"\"b\"\"\",,\n,\n")
        #expect(
            baskets.baskets.map(\.items) == [
                ["citrus fruit", "semi-finished bread"], ["whole milk"], ["jam, red", "a \"b\""],
            ])
        #expect(baskets.baskets.map(\.line) == [1, 3, 4])
        #expect(baskets.itemCount == 5)
    }

    static func view() -> ListView {
        let replica = ReplicaID(rawValue: 5)
        var document = Document(kind: .list)
        var counter: UInt64 = 0
        func edit(_ key: EntryKey, _ changes: [FieldChange]) {
            counter += 1
            _ = document.edit(
                key, changes, dot: Dot(replica, counter), stamp: Stamp(time: counter << 16, replica: replica))
        }
        edit(.head, [.set(.name, .string("Party"))])
        edit(
            EntryKey(.items, EntryID(high: 1, low: 1)),
            [
                .set(.name, .string("jam, \"red\"")), .set(.position, .bytes([1])), .setTarget(.quantity, 3),
                .add(.quantity, 1), .set(.unit, .string("jars")),
            ])
        edit(
            EntryKey(.items, EntryID(high: 1, low: 2)),
            [
                .set(.name, .string("bread")), .set(.position, .bytes([2])), .set(.checked, .bool(true)),
                .set(.note, .string("dark")), .set(.category, .string("bakery")),
            ])
        return document.list
    }

    @Test("An export as CSV, text and Markdown")
    func export() throws {
        let view = Self.view()
        #expect(
            try ListExport.csv.write(.zero, view) == """
                name,checked,target,acquired,unit,category,note
                "jam, ""red""\",false,3,1,jars,,
                bread,true,,,,bakery,dark

                """)
        #expect(
            try ListExport.text.write(.zero, view) == """
                Party
                [ ] jam, "red" (1 of 3 jars)
                [x] bread #bakery – dark

                """)
        #expect(
            try ListExport.markdown.write(.zero, view) == """
                # Party

                - [ ] jam, "red" (1 of 3 jars)
                - [x] bread #bakery – dark

                """)
        let json = try ListExport.json.write(.zero, view)
        #expect(json.contains("\"remaining\" : 2") && json.contains("\"unit\" : \"jars\""))
        #expect(json.contains("\"name\" : \"Party\""))
    }

    @Test("The whole name is preferred, then its beginning; what could be several is said")
    func names() throws {
        let ids = (1...4).map { Identifier(high: UInt64($0) << 56, low: 0) }
        let candidates = zip(ids, ["Basket 1", "Basket 10", "basket 11", "Party"]).map(NameChoice.Candidate.init)
        #expect(try NameChoice.choose("Basket 1", "list", from: candidates) == ids[0])
        #expect(try NameChoice.choose("basket 10", "list", from: candidates) == ids[1])
        #expect(try NameChoice.choose("par", "list", from: candidates) == ids[3])
        #expect(try NameChoice.choose("0400", "list", from: candidates) == ids[3])
        #expect(try NameChoice.choose(ids[2].hex, "list", from: candidates) == ids[2])
        let ambiguous = #expect(throws: DeviceError.self) { try NameChoice.choose("bask", "list", from: candidates) }
        #expect(ambiguous?.code == "ambiguous")
        #expect(ambiguous?.description.contains("Basket 10") == true)
        let unknown = #expect(throws: DeviceError.self) { try NameChoice.choose("x", "list", from: candidates) }
        #expect(unknown?.code == "unknown_list")
    }

    @Test("What differs between two looks at a list is said in words")
    func changes() {
        let empty = Document(kind: .list).list
        #expect(
            ListChange.between(empty, Self.view()).map { "\($0.item ?? "-"): \($0.what)" }
                == ["-: renamed to “Party”", "jam, \"red\": added", "bread: added"])
        #expect(
            ListChange.between(Self.view(), empty).map(\.what) == ["renamed to “”", "removed", "removed"])
        #expect(ListChange.between(Self.view(), Self.view()).isEmpty)
    }

    @Test("Live frames are read, those of a later version passed over")
    func live() throws {
        var document = Document(kind: .list)
        let delta = document.edit(
            .head, [.set(.name, .string("x"))], dot: Dot(ReplicaID(rawValue: 1), 1),
            stamp: Stamp(time: 1, replica: ReplicaID(rawValue: 1)))
        let base64 = base64(delta.encoded())
        let list = Identifier(high: 0, low: 9)
        let frame = #"{"change":{"list":"\#(list.hex)","by":"bob","at":12,"what":[],"delta":"\#(base64)"}}"#
        guard case .change(let change) = try LiveMessage(json: frame) else {
            Issue.record("not a change")
            return
        }
        #expect(change.by == "bob" && change.atMilliseconds == 12 && change.delta == delta && change.list == list)
        guard case .other = try LiveMessage(json: #"{"weather":{}}"#) else {
            Issue.record("not passed over")
            return
        }
        #expect(throws: (any Error).self) { try LiveMessage(json: "[") }
    }
}
