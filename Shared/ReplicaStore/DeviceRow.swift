internal import GRDB
internal import ListCRDT

/// The one row that says whose store this is and as which replica it mints.
struct DeviceRow {
    let user: UserID
    let username: String
    var replica: ReplicaID
    /// Where the file was last opened, see `StoreFile.home`.
    var home: String
    /// The time of the latest stamp, in `Stamp`'s form.
    var stamp: UInt64
    /// Milliseconds to add to this device's clock, which the server found ahead; 0: none.
    var clockOffset: Int64

    static func load(_ db: Database) throws -> DeviceRow {
        guard let row = try db.row("SELECT * FROM device") else {
            throw DeviceError.refused("no_account", "This store holds no account.")
        }
        return DeviceRow(
            user: try row.identifier("user"), username: try row.decode(forColumn: "username"),
            replica: try row.replica("replica"), home: try row.decode(forColumn: "home"),
            stamp: try row.number("stamp"), clockOffset: try row.decode(forColumn: "clockOffset"))
    }

    /// Makes the row and the person's shelf, when there are none.
    static func found(_ db: Database, _ user: UserID, _ name: String, _ server: String, home: String) throws {
        guard try db.row("SELECT 1 FROM device") == nil else {
            return try db.run("UPDATE device SET server = ?, username = ?", [server, name])
        }
        try db.run(
            "INSERT INTO device (one, user, username, server, replica, home) VALUES (1, ?, ?, ?, ?, ?)",
            [user.blob, name, server, ReplicaID.random().rawValue.column, home])
        try DocumentRow(id: Shelf.document(of: user), kind: .shelf).save(db)
    }

    /// A copied file is another replica: it takes an id of its own before it mints anything.
    mutating func settle(_ db: Database, at home: String) throws {
        guard home != self.home else { return }
        self.home = home
        try takeNewReplica(.random(), db)
    }

    /// From now on operations are minted under a fresh id, and those not acknowledged are minted anew at the next sync.
    mutating func takeNewReplica(_ replica: ReplicaID, _ db: Database) throws {
        self.replica = replica
        try save(db)
        try db.run("UPDATE document SET counter = 0")
        try db.run("UPDATE document SET replay = max(replay, 1) WHERE id IN (SELECT document FROM operation)")
    }

    func save(_ db: Database) throws {
        try db.run(
            "UPDATE device SET replica = ?, home = ?, stamp = ?, clockOffset = ?",
            [replica.rawValue.column, home, stamp.column, clockOffset])
    }
}

extension ReplicaID {
    /// In the lower half: the upper one is the server's own.
    static func random() -> ReplicaID { ReplicaID(rawValue: .random(in: 1..<(1 << 63))) }
}
