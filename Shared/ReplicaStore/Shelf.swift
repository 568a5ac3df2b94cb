internal import Crypto
package import ListCRDT

/// The document that names the lists a person has.
package enum Shelf {
    /// Fixed by the user's id, so that every device and the server agree without asking.
    package static func document(of user: UserID) -> DocumentID {
        let digest = SHA256.hash(data: Array("larder.shelf.".utf8) + user.bytes)
        return DocumentID(bytes: Array(digest.prefix(16))) ?? .zero
    }
}
