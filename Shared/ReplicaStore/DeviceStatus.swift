internal import GRDB
package import ListCRDT
package import ReplicaCore
package import SyncProtocol

/// What has reached the server and what has not.
package struct DeviceStatus: Sendable {
    package struct Waiting: Sendable {
        package let list: DocumentID
        package let name: String
        package let operations: Int
        package let sinceMilliseconds: UInt64
    }

    /// An operation that the server refused.
    package struct Refused: Sendable {
        package let list: DocumentID
        package let listName: String
        /// Nil: of the list itself.
        package let item: String?
        package let intent: Intent
        package let atMilliseconds: UInt64
        package let status: SyncStatus
    }

    package let username: String
    package let server: String
    package let replica: ReplicaID
    package let loggedIn: Bool
    package let syncedAtMilliseconds: UInt64?
    /// Operations of this device that are durable on two of three shards.
    package let acknowledged: Int
    package let waiting: [Waiting]
    package let refused: [Refused]
}

extension ReplicaStore {
    package func status() async throws -> DeviceStatus {
        try await read { db in
            guard let row = try db.row("SELECT * FROM device") else { throw DecodingFailure.malformed(.shape) }
            return DeviceStatus(
                username: try row.decode(forColumn: "username"), server: try row.decode(forColumn: "server"),
                replica: try row.replica("replica"),
                loggedIn: try row.decode(String?.self, forColumn: "refreshToken") != nil,
                syncedAtMilliseconds: try row.decode(Int64?.self, forColumn: "syncedAt").map(UInt64.init(bitPattern:)),
                acknowledged: try row.decode(forColumn: "acknowledged"),
                waiting: try db.waiting(), refused: try db.refused())
        }
    }

    /// Forgets what was set aside: its author has seen it.
    package func forgetRefused() async throws {
        try await edit { pen in try pen.db.run("DELETE FROM setAside") }
    }

    /// What this device did to a list and has not been acknowledged, oldest first.
    package func pendingChanges(of list: DocumentID) async throws -> [(item: String?, intent: Intent, at: UInt64)] {
        try await read { db in
            try Pen(db, wallClock: 0).pending(of: list).map { operation in
                let name = try EntryRow.load(db, list, operation.key)?.shown[.name]?.text
                return (operation.key.collection == .items ? name : nil, operation.intent, operation.atMilliseconds)
            }
        }
    }
}

extension Database {
    fileprivate func waiting() throws -> [DeviceStatus.Waiting] {
        try rows(
            """
            SELECT document.id, coalesce(document.name, 'your shelf') AS name, count(*) AS operations, min(at) AS since
            FROM operation JOIN document ON document.id = operation.document
            GROUP BY document.id ORDER BY since, name
            """
        ).map { row in
            DeviceStatus.Waiting(
                list: try row.identifier("id"), name: try row.decode(forColumn: "name"),
                operations: try row.decode(forColumn: "operations"), sinceMilliseconds: try row.number("since"))
        }
    }

    fileprivate func refused() throws -> [DeviceStatus.Refused] {
        try rows(
            """
            SELECT setAside.*, document.name AS listName
            FROM setAside JOIN document ON document.id = setAside.document ORDER BY sequence
            """
        ).map { row in
            DeviceStatus.Refused(
                list: try row.identifier("document"),
                listName: try row.decode(String?.self, forColumn: "listName") ?? "",
                item: try row.decode(forColumn: "name"), intent: try Intent(decoding: try row.bytes("intent")),
                atMilliseconds: try row.number("at"),
                status: SyncStatus(rawValue: try row.decode(forColumn: "status")) ?? .invalid)
        }
    }
}
