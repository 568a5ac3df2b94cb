internal import Accounts
internal import Crypto
internal import Foundation
internal import ListCRDT
package import TestStack
internal import TestSupport

/// Access tokens that must not let anyone in.
package struct ForgedToken: Sendable, CustomStringConvertible {
    package let name: String
    package let text: String
    /// The gateway's error. The bridge closes with 1008 whatever it is.
    package let code: String

    package var description: String { name }

    /// - Parameter person: whose name they bear; the true signing key is read from the stack's file.
    package static func all(for person: Person, at stack: Stack) async throws -> [ForgedToken] {
        let path = stack.directory.file("signing-key").path
        let key = try SigningKey.loadOrCreate(path: path)
        let forge = try Forge(person, key, pem: String(contentsOfFile: path, encoding: .utf8))
        return try await forge.issued() + forge.headed() + forge.changed()
    }
}

private struct Forge {
    private let person: Person
    private let key: SigningKey
    private let secret: Curve25519.Signing.PrivateKey
    private let now = currentMilliseconds()

    init(_ person: Person, _ key: SigningKey, pem: String) throws {
        self.person = person
        self.key = key
        // PKCS #8 of an Ed25519 key ends with its 32 bytes.
        let base64 = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        guard let bytes = Data(base64Encoded: base64) else {
            throw TestSupportError("no signing key in the stack's file")
        }
        secret = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes.suffix(32))
    }

    /// Issued by the rules: in another time, or with another key.
    func issued() async throws -> [ForgedToken] {
        let hour: UInt64 = 3_600_000
        return [
            ForgedToken(name: "expired", text: try await issue(key, now - hour), code: "token_expired"),
            ForgedToken(name: "from the future", text: try await issue(key, now + hour), code: "unauthorized"),
            ForgedToken(name: "of another key", text: try await issue(.generate(), now), code: "unauthorized"),
        ]
    }

    private func issue(_ key: SigningKey, _ now: UInt64) async throws -> String {
        guard let user = UserID(hex: person.user) else { throw TestSupportError("no id: \(person.user)") }
        return try await AccessTokenIssuer(key).issue(user: user, username: person.name, family: .zero, now: now)
    }

    /// Claims that would be good, under another header; signed with the true key where the header allows it.
    func headed() throws -> [ForgedToken] {
        let pem = Data(key.verifyingKey.pem.utf8)
        let symmetric = { (text: String) in
            Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: pem)))
        }
        let signed = { (text: String) in try secret.signature(for: Data(text.utf8)) }
        let headers: [(String, String, (String) throws -> Data)] = [
            ("alg: none", #"{"alg":"none","typ":"JWT"}"#, { _ in Data() }),
            ("alg: nOnE", #"{"alg":"nOnE","typ":"JWT"}"#, { _ in Data() }),
            ("HS256 with the public key", #"{"alg":"HS256","typ":"JWT"}"#, symmetric),
            ("a kid that is a path", #"{"alg":"EdDSA","kid":"../../../dev/null","typ":"JWT"}"#, signed),
            ("a kid that is SQL", #"{"alg":"EdDSA","kid":"' UNION SELECT 'x","typ":"JWT"}"#, signed),
            ("another typ", #"{"alg":"EdDSA","typ":"at+jwt"}"#, signed),
            ("a key of its own", #"{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519","x":"AA"},"typ":"JWT"}"#, signed),
            ("a key from afar", #"{"alg":"EdDSA","jku":"http://127.0.0.1:1/keys","typ":"JWT"}"#, signed),
            ("critical extensions", #"{"alg":"EdDSA","crit":["exp"],"typ":"JWT"}"#, signed),
            ("alg twice", #"{"alg":"none","alg":"EdDSA","typ":"JWT"}"#, signed),
        ]
        return try headers.map { name, header, sign in
            let text = "\(Self.base64(Data(header.utf8))).\(Self.base64(claims()))"
            return ForgedToken(name: name, text: "\(text).\(Self.base64(try sign(text)))", code: "unauthorized")
        }
    }

    /// The true header and key, and claims that are not those of an access token; or true claims, changed afterwards.
    func changed() throws -> [ForgedToken] {
        let header = Self.base64(Data(#"{"alg":"EdDSA","typ":"JWT"}"#.utf8))
        func token(_ claims: Data) throws -> String {
            let text = "\(header).\(Self.base64(claims))"
            return "\(text).\(Self.base64(try secret.signature(for: Data(text.utf8))))"
        }
        let parts = person.token.split(separator: ".")
        let another = Self.base64(claims(["sub": String(repeating: "0", count: 32)]))
        let texts = [
            ("of another audience", try token(claims(["aud": "other"]))),
            ("of another issuer", try token(claims(["iss": "other"]))),
            ("good for a year", try token(claims(["exp": Int(now / 1_000) + 366 * 86_400]))),
            ("with a negative time", try token(claims(["iat": -1]))),
            ("for nobody", try token(claims(["sub": "../../etc/passwd"]))),
            ("of no claims", try token(Data("{}".utf8))), ("of nonsense", try token(Data([0xff, 0, 0xfe]))),
            ("another person's name over one's own signature", "\(parts[0]).\(another).\(parts[2])"),
            ("without a signature", "\(parts[0]).\(parts[1])."), ("of two parts", "\(parts[0]).\(parts[1])"),
            ("of four parts", person.token + ".x"), ("of 8,000 bytes", String(repeating: "A.", count: 4_000)),
            ("empty", ""), ("of dots", "..."),
        ]
        return texts.map { ForgedToken(name: $0.0, text: $0.1, code: "unauthorized") }
    }

    private func claims(_ others: [String: Any] = [:]) -> Data {
        let seconds = Int(now / 1_000)
        let good: [String: Any] = [
            "iss": "larder", "aud": "larder", "sub": person.user, "name": person.name,
            "sid": String(repeating: "0", count: 32), "iat": seconds, "exp": seconds + 900,
        ]
        let all = good.merging(others) { $1 }
        return (try? JSONSerialization.data(withJSONObject: all, options: [.sortedKeys])) ?? Data()
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
