internal import GRDB

/// The tables of one account's file. Forward only: a change is a new migration.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001-device") { db in try db.execute(sql: device) }
        return migrator
    }

    /// `replay` of a document: 0, or a `Replay.Reason`.
    private static let device = """
        CREATE TABLE device (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            user BLOB NOT NULL, username TEXT NOT NULL, server TEXT NOT NULL,
            replica INTEGER NOT NULL, home TEXT NOT NULL,
            stamp INTEGER NOT NULL DEFAULT 0, clockOffset INTEGER NOT NULL DEFAULT 0,
            acknowledged INTEGER NOT NULL DEFAULT 0, syncedAt INTEGER,
            accessToken TEXT, refreshToken TEXT
        );
        CREATE TABLE document (
            id BLOB PRIMARY KEY, kind INTEGER NOT NULL,
            context BLOB NOT NULL, acknowledged BLOB NOT NULL,
            counter INTEGER NOT NULL DEFAULT 0, replay INTEGER NOT NULL DEFAULT 0, trouble INTEGER,
            name TEXT, trashed INTEGER NOT NULL DEFAULT 0, role INTEGER, shelved INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID;
        CREATE TABLE entry (
            document BLOB NOT NULL, collection INTEGER NOT NULL, id BLOB NOT NULL,
            state BLOB NOT NULL, name TEXT, position BLOB,
            PRIMARY KEY (document, collection, id)
        ) WITHOUT ROWID;
        CREATE INDEX entryInOrder ON entry (document, collection, position);
        CREATE TABLE operation (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            document BLOB NOT NULL, replica INTEGER NOT NULL, counter INTEGER NOT NULL,
            collection INTEGER NOT NULL, entry BLOB NOT NULL,
            intent BLOB NOT NULL, delta BLOB NOT NULL,
            stamp INTEGER NOT NULL, at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX operationOfDocument ON operation (document, sequence);
        CREATE TABLE setAside (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            document BLOB NOT NULL, collection INTEGER NOT NULL, entry BLOB NOT NULL, name TEXT,
            intent BLOB NOT NULL, at INTEGER NOT NULL, status INTEGER NOT NULL
        );
        CREATE TABLE imported (source TEXT PRIMARY KEY, lines INTEGER NOT NULL) WITHOUT ROWID;
        """
}
