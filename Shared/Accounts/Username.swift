/// A name that fits the rules, in the one spelling by which accounts are found: 3 to 32 of `a–z 0–9 . _ -`, a letter or
/// digit first.
package struct Username: Hashable, Sendable, CustomStringConvertible {
    package static let lengths = 3...32

    package let text: String

    /// Capitals A–Z are taken as small ones.
    package init(_ text: String) throws(CredentialError) {
        let lower = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        guard Self.lengths.contains(lower.count) else {
            throw .invalidUsername(
                "A user name has \(Self.lengths.lowerBound) to \(Self.lengths.upperBound) characters.")
        }
        guard lower.allSatisfy({ Self.isAlphanumeric($0) || "._-".utf8.contains($0) }) else {
            throw .invalidUsername("A user name has only the letters a to z, digits, dots, underscores and hyphens.")
        }
        guard lower.first.map(Self.isAlphanumeric) == true else {
            throw .invalidUsername("A user name begins with a letter or a digit.")
        }
        self.text = String(decoding: lower, as: UTF8.self)
    }

    package var description: String { text }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// What is wrong with a name or a password that someone chose. The text is a sentence for them.
package enum CredentialError: Error, Hashable, Sendable {
    case invalidUsername(String)
    case weakPassword(String)

    /// The code of the API's error.
    package var code: String {
        switch self {
        case .invalidUsername: "invalid_username"
        case .weakPassword: "weak_password"
        }
    }

    package var message: String {
        switch self {
        case .invalidUsername(let message), .weakPassword(let message): message
        }
    }
}
