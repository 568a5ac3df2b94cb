/// A schema's name that is safe to write into SQL: `[a-z_][a-z0-9_]{0,62}`, and not one of the server's own (`pg_…`).
package struct SchemaName: Sendable, Hashable {
    package let rawValue: String

    package init(_ rawValue: String) throws(PostgresError) {
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte) || byte == 0x5F }
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let bytes = rawValue.utf8
        let isWellFormed = bytes.first.map(isLetter) ?? false && bytes.allSatisfy { isLetter($0) || isDigit($0) }
        guard isWellFormed, bytes.count <= 63, !rawValue.hasPrefix("pg_") else {
            throw .misuse("“\(rawValue)” cannot name a schema: at most 63 of a–z, 0–9 and _, no digit first, not pg_…")
        }
        self.rawValue = rawValue
    }

    package var quoted: String { "\"\(rawValue)\"" }
}
