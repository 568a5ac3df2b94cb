import Foundation
import ListCRDT
import ReplicaStore
import Testing

@Suite("A device's store")
struct StoreTests {
    @Test("An edit is in the list and in the outbox together, and still there when the file is opened again")
    func durable() async throws {
        let server = ModelServer()
        let device = try await Device(server)
        let list = try await device.newList("Party")
        let item = try await device.add("milk", to: list, target: 3)
        try await device.change(item, of: list, .add(.quantity, 1), .set(.checked, .bool(true)))
        let again = try await Device(server, folder: device.folder)
        let view = try await again.view(list)
        #expect(view.name == "Party")
        #expect(view.items.map(\.name) == ["milk"])
        #expect(view.items[0].quantity?.remaining == 2)
        #expect(view.items[0].checked)
        #expect(try await again.store.pendingCount() == 5)
    }

    @Test("A transaction that fails leaves neither an item, nor an operation, nor a used dot")
    func atomic() async throws {
        let device = try await Device(ModelServer())
        let list = try await device.newList("Party")
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await device.store.edit { pen in
                _ = try pen.add(.init(name: "milk"), to: list)
                throw Stop()
            }
        }
        #expect(try await device.names(list).isEmpty)
        #expect(try await device.store.pendingCount() == 3)
        let item = try await device.add("bread", to: list)
        #expect(item.low == 3)
    }

    @Test("Two connections to one file edit one list at once: every dot is used once, nothing is lost")
    func twoWriters() async throws {
        let server = ModelServer()
        let one = try await Device(server)
        let list = try await one.newList("Party")
        let other = try await Device(server, folder: one.folder)
        try await withThrowingTaskGroup { group in
            for number in 0..<40 {
                group.addTask { _ = try await (number % 2 == 0 ? one : other).add("item \(number)", to: list) }
            }
            try await group.waitForAll()
        }
        #expect(Set(try await one.names(list)) == Set((0..<40).map { "item \($0)" }))
        try await one.sync()
        #expect(server.document(list)?.list.items.count == 40)
        #expect(server.document(list)?.context.dotCount == 42)
    }

    @Test("Items are kept in order, and go where they are moved")
    func order() async throws {
        let device = try await Device(ModelServer())
        let list = try await device.newList("Party")
        let items = [
            try await device.add("a", to: list), try await device.add("b", to: list),
            try await device.add("c", to: list),
        ]
        try await device.store.edit { pen in try pen.move(items[2], of: list, after: nil) }
        #expect(try await device.names(list) == ["c", "a", "b"])
        try await device.store.edit { pen in try pen.move(items[2], of: list, after: items[0]) }
        #expect(try await device.names(list) == ["a", "c", "b"])
    }

    @Test("Names that are empty or too long are refused, and so is a list that is not here")
    func refusals() async throws {
        let device = try await Device(ModelServer())
        let list = try await device.newList("Party")
        let long = String(repeating: "x", count: ListLimits.nameCharacters + 1)
        await #expect(throws: DeviceError.self) { try await device.add(" ", to: list) }
        await #expect(throws: DeviceError.self) { try await device.add(long, to: list) }
        await #expect(throws: DeviceError.self) { try await device.add("milk", to: .zero) }
    }

    @Test("Only the owner of the folder may read the store and its companions")
    func modes() async throws {
        let device = try await Device(ModelServer())
        _ = try await device.newList("Party")
        for file in try FileManager.default.contentsOfDirectory(atPath: device.folder.path)
        where file.contains("sqlite") {
            let mode = try FileManager.default.attributesOfItem(atPath: "\(device.folder.path)/\(file)")[
                .posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o600, "\(file)")
        }
    }

    @Test("The shelf of a user has the id that the server computes")
    func shelf() {
        #expect(Shelf.document(of: UserID(high: 0, low: 1)).hex == "9ca6ac358c66a75b270135a8dfd45e1f")
    }
}
