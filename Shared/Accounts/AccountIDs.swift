import Crypto
package import ListCRDT

/// Ids that follow from what they belong to, so that an account is found by its name alone, and a shelf by its owner.
extension Identifier {
    /// The first 16 bytes of SHA-256 of `larder.account.` and the name.
    package static func accountDocument(_ username: Username) -> DocumentID {
        hashing(Array("larder.account.\(username.text)".utf8))
    }

    /// The first 16 bytes of SHA-256 of `larder.shelf.` and the 16 bytes of the user's id.
    package static func shelfDocument(_ user: UserID) -> DocumentID {
        hashing(Array("larder.shelf.".utf8) + user.bytes)
    }

    /// 128 bits from the system's secure source.
    package static func newUser() -> UserID { secureRandom() }

    static func secureRandom() -> Identifier {
        Identifier(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    private static func hashing(_ bytes: [UInt8]) -> Identifier {
        Identifier(bytes: Array(SHA256.hash(data: bytes).prefix(16))) ?? .zero
    }
}
