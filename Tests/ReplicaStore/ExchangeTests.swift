import ListCRDT
import ReplicaStore
import SyncProtocol
import Testing

@Suite("Devices that exchange through a server")
struct ExchangeTests {
    let server = ModelServer()

    @Test("A list made on one device is found by the other through the shelf, and edits of both meet")
    func meet() async throws {
        let one = try await Device(server)
        let other = try await Device(server)
        let list = try await one.newList("Party")
        let milk = try await one.add("milk", to: list, target: 3)
        #expect(try await one.sync().outcome == .complete)
        try await other.sync()
        try await other.change(milk, of: list, .add(.quantity, 1))
        try await one.change(milk, of: list, .add(.quantity, 1))
        try await one.add("bread", to: list)
        for device in [one, other, one] { try await device.sync() }
        for device in [one, other] {
            #expect(try await device.names(list) == ["milk", "bread"])
            #expect(try await device.view(list).items[0].quantity?.remaining == 1)
            #expect(try await device.store.document(list) == server.document(list))
        }
    }

    @Test("Everything acknowledged leaves the outbox; what the server cannot be told stays")
    func outbox() async throws {
        let device = try await Device(server)
        let list = try await device.newList("Party")
        device.transport.set(.init(unreachable: true))
        let offline = try await device.sync()
        #expect(offline.outcome == .unfinished("lost"))
        #expect(offline.pending == 3)
        device.transport.set(.init())
        let online = try await device.sync(.pending)
        #expect(online.outcome == .complete)
        #expect(online.acknowledged == 3)
        #expect(online.pending == 0)
        #expect(server.document(list)?.list.name == "Party")
    }

    @Test("A lost answer makes no operation twice")
    func lostAnswer() async throws {
        let device = try await Device(server)
        let list = try await device.newList("Party")
        let milk = try await device.add("milk", to: list, target: 9)
        try await device.change(milk, of: list, .add(.quantity, 2))
        device.transport.set(.init(lostAnswers: 100))
        try await device.sync()
        #expect(try await device.store.pendingCount() == 5)
        device.transport.set(.init(repeated: 100))
        #expect(try await device.sync().pending == 0)
        #expect(server.document(list)?.list.items.map { $0.quantity?.acquired } == [2])
        #expect(server.document(list) == (try await device.store.document(list)))
    }

    @Test("A device whose clock runs ahead stamps anew by the server's, and keeps working")
    func clockAhead() async throws {
        let device = try await Device(server)
        device.clock.advance(3_600_000)
        let list = try await device.newList("Party")
        let milk = try await device.add("milk", to: list, target: 5)
        try await device.change(milk, of: list, .add(.quantity, 2))
        #expect(try await device.sync().pending == 0)
        let view = try #require(server.document(list)?.list)
        #expect(view.items.map(\.name) == ["milk"])
        #expect(view.items[0].quantity?.acquired == 2)
        #expect(view.items[0].updated.milliseconds <= server.clock.now + 1_000)
        try await device.change(milk, of: list, .set(.name, .string("oat milk")))
        #expect(try await device.sync().pending == 0)
        #expect(try await device.store.document(list) == server.document(list))
        #expect(try await device.names(list) == ["oat milk"])
    }

    @Test(
        "A device whose clock is wrong stamps what it does offline by the time that the server told",
        arguments: [-3_600_000, 3_600_000])
    func wrongClock(by milliseconds: Int64) async throws {
        let device = try await Device(server)
        device.clock.advance(milliseconds)
        let list = try await device.newList("Party")
        try await device.sync()
        for clock in [server.clock, device.clock] { clock.advance(600_000) }
        try await device.add("milk", to: list)
        try await device.sync()
        let milk = try #require(server.document(list)?.list.items.first)
        #expect(milk.updated.milliseconds == server.clock.now)
    }

    @Test("Edits that are refused are set aside and shown, and the list is as the server has it")
    func forbidden() async throws {
        let device = try await Device(server)
        let list = try await device.newList("Party")
        let milk = try await device.add("milk", to: list)
        try await device.sync()
        server.refuse(list, .forbidden)
        try await device.change(milk, of: list, .set(.checked, .bool(true)))
        try await device.add("bread", to: list)
        #expect(try await device.sync().pending == 0)
        let refused = try await device.store.status().refused
        #expect(refused.map(\.item) == ["milk", "bread"])
        #expect(refused.allSatisfy { $0.status == .forbidden })
        #expect(try await device.store.document(list) == server.document(list))
        server.refuse(list, nil)
        try await device.add("tea", to: list)
        #expect(try await device.sync().pending == 0)
        #expect(server.document(list)?.list.items.map(\.name) == ["milk", "tea"])
    }

    @Test("One document's trouble does not hold up the others; what was not confirmed stays")
    func notConfirmed() async throws {
        let device = try await Device(server)
        let stuck = try await device.newList("Stuck")
        let fine = try await device.newList("Fine")
        server.refuse(stuck, .notConfirmed)
        let report = try await device.sync()
        guard case .unfinished = report.outcome else {
            Issue.record("\(report.outcome)")
            return
        }
        #expect(report.pending == 2)
        #expect(server.document(fine)?.list.name == "Fine")
        server.refuse(stuck, nil)
        #expect(try await device.sync().pending == 0)
        #expect(server.document(stuck)?.list.name == "Stuck")
    }

    @Test("Ten thousand operations go in requests within the limits")
    func limits() async throws {
        let device = try await Device(server)
        let baskets = Baskets((0..<300).map { _ in "milk,bread,butter,tea" }.joined(separator: "\n"))
        #expect(try await BasketImport(baskets, prefix: "B", username: "alice").run(into: device.store) { _ in } == 300)
        let report = try await device.sync(.pending)
        #expect(report.outcome == .complete)
        #expect(report.pending == 0)
        #expect(report.acknowledged == 300 * 7)
        #expect(device.transport.requests.allSatisfy { $0.operationCount <= UInt64(SyncFormat.operationsMax) })
        #expect(device.transport.requests.count <= 5)
        #expect(try await BasketImport(baskets, prefix: "B", username: "alice").run(into: device.store) { _ in } == 0)
    }
}
