import Accounts
import Crypto
import Foundation
import JWTKit
import ListCRDT
import TestSupport
import Testing

private struct AnyPayload: JWTPayload {
    var iss = "larder"
    var aud = "larder"
    var sub = String(repeating: "0", count: 31) + "1"
    var name = "ada"
    var sid = String(repeating: "0", count: 31) + "2"
    var iat = 1_000
    var exp = 1_900

    func verify(using algorithm: some JWTAlgorithm) throws {}
}

@Suite("Access tokens")
struct AccessTokenTests {
    private let now: UInt64 = 1_000_000
    private let secret = EdDSA.PrivateKey(backing: Curve25519.Signing.PrivateKey())

    private var key: SigningKey { get throws { try SigningKey(text: secret.pemRepresentation) } }

    private func verifier() async throws -> AccessTokenVerifier {
        await AccessTokenVerifier(try VerifyingKey(pem: secret.publicKey.pemRepresentation))
    }

    private func token() async throws -> String {
        try await AccessTokenIssuer(key).issue(
            user: Identifier(high: 0, low: 1), username: "ada", family: Identifier(high: 0, low: 2), now: now)
    }

    /// Signed with our key, and its header as ours.
    private func signed(_ payload: AnyPayload) async throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return try await JWTKeyCollection()
            .add(eddsa: secret, serializer: DefaultJWTSerializer(jsonEncoder: encoder)).sign(payload)
    }

    private func encoded(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
    }

    @Test("Whoever has the public key learns who sent it, and until when; the second time from memory")
    func roundTrip() async throws {
        let (token, verifier) = (try await token(), try await verifier())
        for _ in 0..<2 {
            let claims = try await verifier.verify(token, now: now)
            #expect(claims.user == Identifier(high: 0, low: 1))
            #expect(claims.username == "ada")
            #expect(claims.family == Identifier(high: 0, low: 2))
            #expect(claims.expiresMilliseconds == now + 900_000)
        }
    }

    @Test("It runs out after fifteen minutes and half a minute's leeway, also when it is remembered")
    func expiry() async throws {
        let (token, verifier) = (try await token(), try await verifier())
        let end = now + 930_000
        _ = try await verifier.verify(token, now: end - 1)
        await #expect(throws: AccessTokenError.expired) { try await verifier.verify(token, now: end) }
        let another = try await self.verifier()
        await #expect(throws: AccessTokenError.expired) { try await another.verify(token, now: end) }
    }

    @Test("A token from the future is not accepted, but clocks may differ a little")
    func future() async throws {
        let (token, verifier) = (try await token(), try await verifier())
        await #expect(throws: AccessTokenError.invalid) { try await verifier.verify(token, now: now - 31_000) }
        _ = try await verifier.verify(token, now: now - 29_000)
    }

    @Test("One changed character anywhere makes it invalid")
    func tampering() async throws {
        let (token, verifier) = (try await token(), try await verifier())
        // The last character of the signature carries four bits that mean nothing.
        for index in token.indices.dropLast() {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            await #expect(throws: AccessTokenError.invalid) { try await verifier.verify(changed, now: now) }
        }
    }

    @Test("No other algorithm is accepted, above all not the one without a signature")
    func algorithms() async throws {
        let (token, verifier) = (try await token(), try await verifier())
        let parts = token.split(separator: ".").map(String.init)
        for header in [
            #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"None"}"#, #"{"alg":"HS256","typ":"JWT"}"#, #"{"typ":"JWT"}"#,
            #"{"alg":"EdDSA","typ":"JWT","x":1e300}"#, #"{"alg":"EdDSA","crit":["x"],"typ":"JWT"}"#,
        ] {
            for signature in ["", parts[2]] {
                let forged = "\(encoded(header)).\(parts[1]).\(signature)"
                await #expect(throws: AccessTokenError.invalid) { try await verifier.verify(forged, now: now) }
            }
        }
        let confused = try await JWTKeyCollection()
            .add(hmac: HMACKey(from: secret.publicKey.pemRepresentation), digestAlgorithm: .sha256).sign(AnyPayload())
        await #expect(throws: AccessTokenError.invalid) { try await verifier.verify(confused, now: now) }
    }

    @Test("Another's key signs nothing of ours")
    func anotherKey() async throws {
        let foreign = try await AccessTokenIssuer(.generate()).issue(
            user: Identifier(high: 0, low: 1), username: "ada", family: Identifier(high: 0, low: 2), now: now)
        let verifier = try await verifier()
        await #expect(throws: AccessTokenError.invalid) { try await verifier.verify(foreign, now: now) }
    }

    @Test("Our own signature does not help a token that is for another purpose, or lasts too long")
    func claims() async throws {
        let verifier = try await verifier()
        _ = try await verifier.verify(signed(AnyPayload()), now: now)
        for payload in [
            AnyPayload(iss: "other"), AnyPayload(aud: "other"), AnyPayload(sub: "ada"), AnyPayload(sid: ""),
            AnyPayload(exp: 1_901), AnyPayload(exp: 1_000), AnyPayload(iat: -1, exp: 5),
            AnyPayload(iat: .min, exp: .max), AnyPayload(exp: .max), AnyPayload(iat: .max, exp: .max),
        ] {
            let token = try await signed(payload)
            await #expect(throws: AccessTokenError.invalid) { try await verifier.verify(token, now: now) }
        }
    }

    @Test(
        "What is no token at all is invalid",
        arguments: ["", ".", "..", "a.b.c", String(repeating: "x", count: 100_000)])
    func nonsense(text: String) async throws {
        let (token, verifier) = (try await token(), try await verifier())
        for candidate in [text, token + text + ".", token.prefix(38) + text] where candidate != token {
            await #expect(throws: AccessTokenError.invalid) { try await verifier.verify(candidate, now: now) }
        }
    }

    @Test("More tokens than are remembered are all verified all the same")
    func forgetting() async throws {
        let issuer = await AccessTokenIssuer(try key)
        let verifier = await AccessTokenVerifier(try key.verifyingKey, cacheMax: 4)
        let users = (1...20).map { Identifier(high: 0, low: $0) }
        var tokens: [String] = []
        for user in users { tokens.append(try await issuer.issue(user: user, username: "x", family: .zero, now: now)) }
        for _ in 0..<2 {
            for (user, token) in zip(users, tokens) {
                #expect(try await verifier.verify(token, now: now).user == user)
            }
        }
    }
}

@Suite("The signing key's file")
struct SigningKeyTests {
    private let directory = try? TemporaryDirectory("keys")

    private func path() throws -> String { try #require(directory).file("signing.pem").path }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("It is made once, for its owner alone, and its public half lies beside it")
    func created() throws {
        let path = try path()
        let key = try SigningKey.loadOrCreate(path: path)
        #expect(try mode(path) == 0o600)
        #expect(try SigningKey.loadOrCreate(path: path).verifyingKey == key.verifyingKey)
        #expect(try VerifyingKey.load(path: path + ".pub") == key.verifyingKey)
        #expect(!"\(key)".contains("PRIVATE"))
    }

    @Test("Many programs that start at once have one key")
    func concurrentCreation() async throws {
        let path = try path()
        let keys = await concurrently(20) { _ in try? SigningKey.loadOrCreate(path: path).verifyingKey.pem }
        #expect(Set(keys).count == 1 && keys[0] != nil)
        let left = try FileManager.default.contentsOfDirectory(atPath: try #require(directory).url.path)
        #expect(Set(left) == ["signing.pem", "signing.pem.pub"])
    }

    @Test("The raw 32 bytes in base64 are a key too")
    func raw() throws {
        let raw = Curve25519.Signing.PrivateKey()
        let text = raw.rawRepresentation.base64EncodedString() + "\n"
        #expect(
            try SigningKey(text: text).verifyingKey
                == SigningKey(text: EdDSA.PrivateKey(backing: raw).pemRepresentation).verifyingKey)
    }

    @Test("A file that holds no key is an error that names it, and is left as it is")
    func damaged() throws {
        let path = try path()
        try Data("not a key".utf8).write(to: URL(filePath: path))
        let error = #expect(throws: KeyFileError.self) { try SigningKey.loadOrCreate(path: path) }
        #expect(error?.description.contains(path) == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "not a key")
        #expect(throws: KeyFileError.self) { try VerifyingKey.load(path: path) }
        #expect(throws: KeyFileError.self) { try SigningKey.loadOrCreate(path: "/nowhere/key.pem") }
    }
}
