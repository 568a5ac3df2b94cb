internal import Crypto
package import ListCRDT

/// The document that names the lists a person has.
package enum Shelf {
    /// Fixed by the user's id, so that every device and the server agree without asking.
    package static func document(of user: UserID) -> DocumentID {
        let digest = SHA256.hash(data: Array("larder.shelf.".utf8) + user.bytes)
        let start: [UInt8] = Array(digest.prefix(14))
        return DocumentID(bytes: start + [0x5E, 0x1F]) ?? .zero
    }

    /// Whether an id ends like an account's or a shelf's: the server founds no list there.
    static func isDerived(_ id: DocumentID) -> Bool {
        let ending = UInt16(truncatingIfNeeded: id.low)
        return ending == 0xACC0 || ending == 0x5E1F
    }
}
