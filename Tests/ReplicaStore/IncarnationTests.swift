import ListCRDT
import ReplicaStore
import TestSupport
import Testing

@Suite("Restored backups and cloned profiles")
struct IncarnationTests {
    let server = ModelServer()

    @Test("A cloned profile takes a replica id of its own, and both lives' edits arrive")
    func clone() async throws {
        let original = try await Device(server)
        let list = try await original.newList("Party")
        let milk = try await original.add("milk", to: list, target: 9)
        let clone = try await Device(server, folder: try original.backup())
        #expect(try await clone.store.status().replica != original.store.status().replica)
        try await original.change(milk, of: list, .add(.quantity, 1))
        try await clone.change(milk, of: list, .add(.quantity, 2))
        try await clone.add("bread", to: list)
        for device in [original, clone, original, clone] { try await device.sync() }
        for device in [original, clone] {
            #expect(try await device.store.document(list) == server.document(list))
            #expect(try await device.store.pendingCount() == 0)
        }
        let items = try #require(server.document(list)?.list.items)
        #expect(items.map(\.name) == ["milk", "bread"])
        #expect(items[0].quantity?.acquired == 3)
    }

    @Test(
        "A backup restored in place loses no edit of either life, even when it mints the very counters of the lost one")
    func restore() async throws {
        let first = try await Device(server)
        let list = try await first.newList("Party")
        let milk = try await first.add("milk", to: list, target: 9)
        try await first.sync()
        let backup = try first.backup()
        try await first.add("lost and found", to: list)
        try await first.change(milk, of: list, .add(.quantity, 1))
        try await first.sync()
        let replica = try await first.store.status().replica
        let second = try await first.restored(from: backup, server)
        #expect(try await second.store.status().replica == replica)
        try await second.add("after the restore", to: list)
        try await second.change(milk, of: list, .add(.quantity, 4))
        let before = try await second.store.status().replica
        #expect(try await second.sync().pending == 0)
        #expect(try await second.store.status().replica != before)
        let items = try #require(server.document(list)?.list.items)
        #expect(Set(items.map(\.name)) == ["milk", "lost and found", "after the restore"])
        #expect(items.first?.quantity?.acquired == 5)
        #expect(try await second.store.document(list) == server.document(list))
    }

    @Test("What another life did arrives live before the next sync: an edit after it is kept, under a dot of its own")
    func liveFromAnotherLife() async throws {
        let first = try await Device(server)
        let list = try await first.newList("Party")
        try await first.sync()
        let backup = try first.backup()
        try await first.add("milk", to: list)
        try await first.add("bread", to: list)
        try await first.sync()
        let news = try #require(server.document(list)).delta(since: Context())
        let second = try await first.restored(from: backup, server)
        try await second.store.join(news, into: list)
        try await second.add("after the restore", to: list)
        #expect(try await second.names(list).contains("after the restore"))
        #expect(try await second.sync().pending == 0)
        let names = Set(try #require(server.document(list)).list.items.map(\.name))
        #expect(names == ["milk", "bread", "after the restore"])
    }

    @Test("An operation that the earlier life had delivered is not done twice, and does not win over a later one")
    func delivered() async throws {
        let first = try await Device(server)
        let list = try await first.newList("Party")
        let milk = try await first.add("milk", to: list, target: 9)
        try await first.sync()
        try await first.change(milk, of: list, .add(.quantity, 1))
        try await first.change(milk, of: list, .set(.name, .string("soy milk")))
        let backup = try first.backup()
        try await first.sync()
        first.clock.advance(1_000)
        try await first.change(milk, of: list, .set(.name, .string("oat milk")))
        try await first.sync()
        let second = try await first.restored(from: backup, server)
        try await second.sync()
        let items = try #require(server.document(list)?.list.items)
        #expect(items.map(\.name) == ["oat milk"])
        #expect(try await second.store.document(list) == server.document(list))
    }

    @Test(
        "Devices edit, lose answers, are cloned and restored; in the end all have the same, and nothing is lost",
        arguments: 0..<48)
    func storm(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var devices = [try await Device(server, seed: seed), try await Device(server, seed: seed + 100)]
        let list = try await devices[0].newList("Party")
        try await devices[0].sync()
        try await devices[1].sync()
        var backups: [(device: Int, folder: TemporaryFolder, kept: Set<String>)] = []
        var expected: [Set<String>] = [[], []]  // what each device's owner added, by this or a life it was restored to
        var delivered: Set<String> = []
        // What has been copied is not restored: of three lives of one replica, two may call
        // different items by one id.
        var copied: Set<Int> = []
        for step in 0..<60 {
            let index = Int(random.next() % UInt64(devices.count))
            let device = devices[index]
            server.clock.advance(Int64(random.next() % 2_000))
            device.clock.advance(Int64(random.next() % 2_000))
            switch random.next() % 12 {
            case 0...5:
                try await device.add("item \(step)", to: list)
                expected[index].insert("item \(step)")
            case 6...8:
                device.transport.set(.init(lostRequests: 20, lostAnswers: 30, repeated: 20))
                if try await device.sync().pending == 0 { delivered.formUnion(expected[index]) }
            case 9: backups.append((index, try device.backup(), expected[index]))
            case 10:
                guard !copied.contains(index), let backup = backups.last(where: { $0.device == index }) else {
                    continue
                }
                devices[index] = try await device.restored(from: backup.folder, server)
                expected[index] = backup.kept
            default:
                guard devices.count < 4 else { continue }
                copied.insert(index)
                devices.append(try await Device(server, seed: seed + UInt64(step), folder: try device.backup()))
                expected.append(expected[index])
            }
        }
        for device in devices + devices {
            device.transport.set(.init())
            #expect(try await device.sync().pending == 0, "seed \(seed)")
        }
        let names = try #require(server.document(list)?.list.items.map(\.name))
        #expect(Set(names).isSuperset(of: expected.reduce(delivered) { $0.union($1) }), "seed \(seed)")
        #expect(Set(names).count == names.count, "seed \(seed): an item was doubled")
        for device in devices {
            let document = try await device.store.document(list)
            #expect(document?.context == server.document(list)?.context, "seed \(seed)")
            #expect(document == server.document(list), "seed \(seed)")
        }
    }
}
