import Crypto
package import ListCRDT

/// Ids that follow from what they belong to, so that an account is found by its name alone, and a shelf by its owner.
///
/// They end in 16 fixed bits: whoever chooses an id for a list cannot choose one of these.
extension Identifier {
    private static let accountEnding: UInt16 = 0xACC0
    private static let shelfEnding: UInt16 = 0x5E1F

    /// Whether it ends like an account's or a shelf's. Of random ids, one in 32,768 does.
    package var isDerived: Bool {
        let ending = UInt16(truncatingIfNeeded: low)
        return ending == Self.accountEnding || ending == Self.shelfEnding
    }

    /// The first 14 bytes of SHA-256 of `larder.account.` and the name, then `ac c0`.
    package static func accountDocument(_ username: Username) -> DocumentID {
        hashing(Array("larder.account.\(username.text)".utf8), ending: accountEnding)
    }

    /// The first 14 bytes of SHA-256 of `larder.shelf.` and the 16 bytes of the user's id, then `5e 1f`.
    package static func shelfDocument(_ user: UserID) -> DocumentID {
        hashing(Array("larder.shelf.".utf8) + user.bytes, ending: shelfEnding)
    }

    /// 128 bits from the system's secure source.
    package static func newUser() -> UserID { secureRandom() }

    static func secureRandom() -> Identifier {
        Identifier(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    private static func hashing(_ bytes: [UInt8], ending: UInt16) -> Identifier {
        let start: [UInt8] = Array(SHA256.hash(data: bytes).prefix(14))
        return Identifier(bytes: start + [UInt8(ending >> 8), UInt8(truncatingIfNeeded: ending)]) ?? .zero
    }
}
