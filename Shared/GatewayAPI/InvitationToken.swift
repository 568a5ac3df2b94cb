internal import Crypto
internal import Foundation
package import ListCRDT

/// What an invitation's link carries: the list, and a secret of which the list knows the hash alone.
package struct InvitationToken: Hashable, Sendable {
    private static let secretBytes = 16

    package let list: DocumentID
    private let secret: [UInt8]

    package init(invitingTo list: DocumentID) {
        self.list = list
        secret = (0..<Self.secretBytes).map { _ in UInt8.random(in: .min ... .max) }
    }

    /// Nil: it cannot be one.
    package init?(text: String) {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard !text.contains(where: { "+/=".contains($0) }), let data = Data(base64Encoded: base64 + padding),
            data.count == 16 + Self.secretBytes, let list = DocumentID(bytes: Array(data.prefix(16)))
        else { return nil }
        self.list = list
        secret = Array(data.suffix(Self.secretBytes))
    }

    /// base64url, 43 characters.
    package var text: String {
        Data(list.bytes + secret).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The invitation's entry among the list's members: the first 16 bytes of SHA-256 of the secret.
    package var key: EntryKey {
        EntryKey(.members, EntryID(bytes: Array(SHA256.hash(data: secret).prefix(16))) ?? .zero)
    }
}
