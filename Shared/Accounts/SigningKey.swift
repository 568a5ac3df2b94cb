import Crypto
import Foundation
import JWTKit

/// A key file that cannot be used: what is wrong with it, as a sentence.
package struct KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Checks access tokens; the bridge has no more than this.
package struct VerifyingKey: Sendable, Equatable {
    let key: EdDSA.PublicKey

    /// PEM, `-----BEGIN PUBLIC KEY-----`.
    package init(pem: String) throws(KeyFileError) {
        do {
            key = try EdDSA.PublicKey(pem: pem)
        } catch {
            throw KeyFileError(description: "This is no Ed25519 public key in PEM form.")
        }
    }

    init(_ key: EdDSA.PublicKey) {
        self.key = key
    }

    package var pem: String { key.pemRepresentation }

    package static func load(path: String) throws(KeyFileError) -> VerifyingKey {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw KeyFileError(description: "The public key \(path) cannot be read.")
        }
        do {
            return try VerifyingKey(pem: text)
        } catch {
            throw KeyFileError(description: "\(path): \(error)")
        }
    }
}

/// Signs access tokens: Ed25519. Whoever holds it can be anyone. Never printed.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    let key: EdDSA.PrivateKey

    package var verifyingKey: VerifyingKey { VerifyingKey(key.publicKey) }
    package var description: String { "Ed25519 signing key" }
    package var customMirror: Mirror { Mirror(reflecting: description) }

    package static func generate() -> SigningKey {
        SigningKey(key: EdDSA.PrivateKey(backing: Curve25519.Signing.PrivateKey()))
    }

    /// From PEM (`-----BEGIN PRIVATE KEY-----`), or base64 of the 32 raw bytes.
    package init(text: String) throws(KeyFileError) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if let key = try? EdDSA.PrivateKey(pem: trimmed) {
            self.key = key
        } else if let raw = Data(base64Encoded: trimmed),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        {
            self.key = EdDSA.PrivateKey(backing: key)
        } else {
            throw KeyFileError(
                description: "This is no Ed25519 private key, neither in PEM form nor as base64 of 32 bytes.")
        }
    }

    private init(key: EdDSA.PrivateKey) {
        self.key = key
    }

    /// The key in the file; if there is no file, a new key in a new file of mode 0600. Any number of programs may call
    /// this at the same time and get the same key. The public half is written beside it, as `<path>.pub`, if missing.
    package static func loadOrCreate(path: String) throws(KeyFileError) -> SigningKey {
        do {
            if !FileManager.default.fileExists(atPath: path) {
                try createAtomically(Data(generate().key.pemRepresentation.utf8), at: path, mode: 0o600)
            }
            let key = try SigningKey(text: String(contentsOfFile: path, encoding: .utf8))
            // Where the folder is not ours to write in, the public half is someone else's business.
            try? createAtomically(Data(key.verifyingKey.pem.utf8), at: path + ".pub", mode: 0o644)
            return key
        } catch {
            throw KeyFileError(description: "The signing key \(path) cannot be used: \(error)")
        }
    }

    /// Whole or not at all, and never over a file that is there already: linked under its name when it is complete.
    private static func createAtomically(_ content: Data, at path: String, mode: Int) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let temporary = "\(path).\(UInt64.random(in: .min ... .max))"
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
        guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: attributes) else {
            throw KeyFileError(description: "no file can be created there")
        }
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        // Empty while its mode is being set, so that no one reads the key in between.
        try FileManager.default.setAttributes(attributes, ofItemAtPath: temporary)
        try content.write(to: URL(fileURLWithPath: temporary))
        guard link(temporary, path) == 0 || errno == EEXIST else {
            throw KeyFileError(description: String(cString: strerror(errno)))
        }
    }
}
