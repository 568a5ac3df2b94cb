internal import Crypto
internal import GRDB
internal import ListCRDT

/// Makes a list of every basket, a chunk of them a transaction. How far it came is kept with what it made, so that an
/// interrupted import goes on where it stopped, and a finished one is not done twice.
package struct BasketImport: Sendable {
    /// Baskets in one transaction.
    static let chunk = 500

    private let baskets: [Baskets.Basket]
    private let prefix: String
    private let source: String
    private let username: String

    /// - Parameter prefix: lists are called by it and the number of their line.
    package init(_ baskets: Baskets, prefix: String, username: String) {
        self.baskets = baskets.baskets
        self.prefix = prefix
        self.username = username
        var hash = SHA256()
        hash.update(data: Array("\(prefix)\n".utf8))
        for basket in baskets.baskets { hash.update(data: Array("\(basket.line):\(basket.items)\n".utf8)) }
        source = hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    package struct Progress: Sendable {
        package var done: Int
        package var total: Int
    }

    /// Returns how many lists it made now; 0: the file was imported before.
    package func run(into store: ReplicaStore, progress: (Progress) -> Void) async throws -> Int {
        let first = try await store.read { db in
            try Int.fetchOne(db, sql: "SELECT lines FROM imported WHERE source = ?", arguments: [source]) ?? 0
        }
        var done = first
        while done < baskets.count {
            let next = min(done + Self.chunk, baskets.count)
            let range = done..<next
            try await store.edit { pen in
                for basket in baskets[range] { try make(basket, &pen) }
                try pen.db.run("INSERT OR REPLACE INTO imported (source, lines) VALUES (?, ?)", [source, next])
            }
            done = next
            progress(Progress(done: done, total: baskets.count))
        }
        return baskets.count - first
    }

    private func make(_ basket: Baskets.Basket, _ pen: inout Pen) throws {
        let list = try pen.newList(named: "\(prefix) \(basket.line)", username: username)
        for item in basket.items { _ = try pen.add(.init(name: item), to: list) }
    }
}
