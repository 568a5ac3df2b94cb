/// Whatever mints operations: one incarnation of one database. 64 random bits.
package struct ReplicaID: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Exactly 16 lowercase hexadecimal digits, or nil.
    package init?(hex: String) {
        guard let value = Hexadecimal.value(of: Array(hex.utf8)) else { return nil }
        rawValue = value
    }

    package var hex: String {
        String(decoding: Hexadecimal.digits(of: rawValue), as: UTF8.self)
    }

    package static func < (left: ReplicaID, right: ReplicaID) -> Bool {
        left.rawValue < right.rawValue
    }
}
