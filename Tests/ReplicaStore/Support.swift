import Foundation
import ListCRDT
import ReplicaStore
import Synchronization

/// A clock that stands still until it is told.
final class TestClock: Sendable {
    private let milliseconds: Mutex<UInt64>

    init(_ milliseconds: UInt64 = 1_700_000_000_000) { self.milliseconds = Mutex(milliseconds) }

    var now: UInt64 { milliseconds.withLock { $0 } }

    func advance(_ by: Int64) { milliseconds.withLock { $0 = UInt64(Int64($0) + by) } }

    var reading: ReplicaStore.WallClock { { self.now } }
}

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
    let path = NSTemporaryDirectory() + "larder-test-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// One device of one person: a store in a folder of its own, and the way to the model server.
struct Device: Sendable {
    let folder: TemporaryFolder
    let store: ReplicaStore
    let clock: TestClock
    let transport: ModelTransport

    static let alice = UserID(high: 0xA, low: 1)
    static let bob = UserID(high: 0xB, low: 2)

    init(_ server: ModelServer, user: UserID = alice, seed: UInt64 = 1, folder: TemporaryFolder? = nil) async throws {
        self.folder = try folder ?? TemporaryFolder()
        clock = TestClock(server.clock.now)
        let data = try DataFolder(path: self.folder.path)
        store = try await ReplicaStore.open(
            user, named: user == Self.alice ? "alice" : "bob", server: "http://127.0.0.1:1", in: data,
            clock: clock.reading)
        try data.setCurrent(user)
        transport = ModelTransport(server, seed: seed)
    }

    @discardableResult
    func sync(_ scope: SyncScope = .everything) async throws -> SyncEngine.Report {
        try await SyncEngine(store: store, transport: transport).run(scope, patience: .zero)
    }

    func newList(_ name: String) async throws -> DocumentID {
        try await store.edit { pen in try pen.newList(named: name, username: "someone") }
    }

    @discardableResult
    func add(_ name: String, to list: DocumentID, target: Int64? = nil) async throws -> EntryID {
        try await store.edit { pen in try pen.add(.init(name: name, target: target), to: list) }
    }

    func change(_ item: EntryID, of list: DocumentID, _ changes: FieldChange...) async throws {
        try await store.edit { pen in try pen.change(item, of: list, changes) }
    }

    func view(_ list: DocumentID) async throws -> ListView {
        try await store.document(list)?.list ?? Document(kind: .list).list
    }

    func names(_ list: DocumentID) async throws -> [String] { try await view(list).items.map(\.name) }

    /// A copy of the whole data folder, as a backup program would make it between two commands.
    func backup() throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for file in try files(folder) {
            try FileManager.default.copyItem(atPath: "\(folder.path)/\(file)", toPath: "\(copy.path)/\(file)")
        }
        return copy
    }

    /// Puts a backup back in place, so that the store keeps its inode, and opens it anew.
    func restored(from backup: TemporaryFolder, _ server: ModelServer) async throws -> Device {
        try store.close()
        for file in try files(folder) where file.hasSuffix("-wal") {
            try FileManager.default.removeItem(atPath: "\(folder.path)/\(file)")
        }
        for file in try files(backup) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(backup.path)/\(file)"))
            try bytes.write(to: URL(fileURLWithPath: "\(folder.path)/\(file)"))  // not atomically: into the same file
        }
        return try await Device(server, user: store.user, folder: folder)
    }

    /// All but the index that SQLite shares between processes and makes anew.
    private func files(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasSuffix("-shm") }
    }
}

func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
