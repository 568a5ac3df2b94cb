internal import Foundation
internal import GRDB
package import ListCRDT

/// One account's file on this device: documents, outbox, clock, session. Safe to use by several processes at once.
package struct ReplicaStore: Sendable {
    /// Milliseconds since 1970, as this device's clock tells.
    package typealias WallClock = @Sendable () -> UInt64

    package static let systemClock: WallClock = { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) }
    /// How long a command waits while another process writes.
    static let busySecondsMax: Double = 10

    package let folder: DataFolder
    package let user: UserID
    package let username: String
    let database: DatabaseQueue
    let wallClock: WallClock

    /// The store of the person who is logged in.
    package static func current(in folder: DataFolder, clock: @escaping WallClock = systemClock) async throws -> Self {
        guard let user = folder.currentUser else {
            throw DeviceError.refused("logged_out", "Nobody is logged in. Log in with: larder login NAME")
        }
        return try await open(user, in: folder, founding: nil, clock: clock)
    }

    /// Opens the store of an account, or founds it when this device has none.
    package static func open(
        _ user: UserID, named username: String, server: String, in folder: DataFolder,
        clock: @escaping WallClock = systemClock
    ) async throws -> Self {
        try await open(user, in: folder, founding: (username, server), clock: clock)
    }

    private static func open(
        _ user: UserID, in folder: DataFolder, founding: (username: String, server: String)?,
        clock: @escaping WallClock
    ) async throws -> Self {
        guard let lock = try await folder.lock("open", patience: .seconds(busySecondsMax)) else {
            throw DeviceError.tryAgain("busy", "Another larder is opening \(folder.path). Try again.")
        }
        defer { _ = lock }
        let path = folder.storePath(of: user)
        try StoreFile.create(path)
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try Schema.migrator.migrate(database)
        let username = try await database.write { db in
            if let founding {
                try DeviceRow.found(db, user, founding.username, founding.server, home: StoreFile.home(of: path))
            }
            var device = try DeviceRow.load(db)
            try device.settle(db, at: StoreFile.home(of: path))
            return device.username
        }
        return ReplicaStore(folder: folder, user: user, username: username, database: database, wallClock: clock)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(busySecondsMax)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")  // what a command reports as saved survives a power cut
        }
        return configuration
    }

    /// Carries out `body` in one transaction, on disk when this returns.
    package func edit<Result: Sendable>(
        _ body: @escaping @Sendable (inout Pen) throws -> Result
    ) async throws -> Result {
        let wallClock = wallClock
        return try await database.write { db in
            var pen = try Pen(db, wallClock: wallClock())
            let result = try body(&pen)
            try pen.finish()
            return result
        }
    }

    func read<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        try await database.read(body)
    }

    package func close() throws { try database.close() }

    /// Changes whenever another connection, of any process, has written.
    package func foreignChanges() async throws -> Int {
        try await read { db in try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
    }
}
