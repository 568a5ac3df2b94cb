import Foundation
import JWTKit
package import ListCRDT
import Synchronization

/// What an access token says, once it has been verified.
package struct AccessClaims: Hashable, Sendable {
    package let user: UserID
    package let username: String
    /// The session it was issued in.
    package let family: Identifier
    package let expiresMilliseconds: UInt64
}

/// Why a token is not accepted. Whoever sent it refreshes (`expired`) or logs in.
package enum AccessTokenError: Error, Hashable, Sendable {
    case expired
    /// Not issued by us, changed, or not a token at all.
    case invalid
}

package enum AccessTokens {
    package static let lifetime = Duration.seconds(15 * 60)
    /// How far the clocks of issuer and verifier may be apart.
    package static let leewaySeconds = 30
    /// What is longer is not looked at.
    package static let bytesMax = 1024
    /// Verified tokens that are remembered.
    package static let cacheMax = 20_000

    static let issuer = "larder"
    static let audience = "larder"
    /// base64url of `{"alg":"EdDSA","typ":"JWT"}`.
    static let header = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9."
}

/// Signs access tokens.
package struct AccessTokenIssuer: Sendable {
    private let keys: JWTKeyCollection

    package init(_ key: SigningKey) async {
        let encoder = JSONEncoder()
        // The verifier compares the header byte for byte.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        keys = await JWTKeyCollection()
            .add(eddsa: key.key, serializer: DefaultJWTSerializer(jsonEncoder: encoder))
    }

    /// A token of ``AccessTokens/lifetime``. Throws only if the key cannot sign.
    package func issue(user: UserID, username: String, family: Identifier, now: UInt64) async throws -> String {
        let issued = Int(now / 1000)
        return try await keys.sign(
            AccessPayload(
                iss: AccessTokens.issuer, aud: AccessTokens.audience, sub: user.hex, name: username, sid: family.hex,
                iat: issued, exp: issued + Int(AccessTokens.lifetime.components.seconds)))
    }
}

/// Verifies access tokens, and remembers those it has verified until they run out: a client sends the same one for
/// fifteen minutes.
package final class AccessTokenVerifier: Sendable {
    private let keys: JWTKeyCollection
    private let verified: Mutex<GenerationCache<String, AccessClaims>>

    package init(_ key: VerifyingKey, cacheMax: Int = AccessTokens.cacheMax) async {
        keys = await JWTKeyCollection().add(eddsa: key.key)
        verified = Mutex(GenerationCache(countMax: cacheMax))
    }

    /// What a token says that was verified before and has not run out; nil: it has to be verified.
    package func known(_ token: String, now: UInt64) -> AccessClaims? {
        verified.withLock { $0.value(for: token) }.flatMap { try? checked($0, now: now) }
    }

    package func verify(_ token: String, now: UInt64) async throws(AccessTokenError) -> AccessClaims {
        if let known = verified.withLock({ $0.value(for: token) }) {
            return try checked(known, now: now)
        }
        // Ours has this header and no other. Nothing that a stranger wrote is decoded before the signature is verified.
        guard token.utf8.count <= AccessTokens.bytesMax, token.utf8.starts(with: AccessTokens.header.utf8),
            let payload = try? await keys.verify(token, as: AccessPayload.self),
            let claims = payload.claims(now: now)
        else { throw .invalid }
        let current = try checked(claims, now: now)
        verified.withLock { $0.insert(claims, for: token) }
        return current
    }

    private func checked(_ claims: AccessClaims, now: UInt64) throws(AccessTokenError) -> AccessClaims {
        guard now < claims.expiresMilliseconds + UInt64(AccessTokens.leewaySeconds) * 1000 else { throw .expired }
        return claims
    }
}

/// The payload, by the names of RFC 7519. Times are in seconds since 1970.
struct AccessPayload: JWTPayload {
    let iss: String
    let aud: String
    /// The user's id.
    let sub: String
    let name: String
    /// The session's family.
    let sid: String
    let iat: Int
    let exp: Int

    /// Times are judged by the verifier, which is given the time.
    func verify(using algorithm: some JWTAlgorithm) throws {}

    /// Nil if it is not for us, or from the future.
    func claims(now: UInt64) -> AccessClaims? {
        guard iss == AccessTokens.issuer, aud == AccessTokens.audience,
            let user = UserID(hex: sub), let family = Identifier(hex: sid),
            iat >= 0, exp > iat, exp - iat <= AccessTokens.lifetime.components.seconds,
            iat <= Int(now / 1000) + AccessTokens.leewaySeconds
        else { return nil }
        return AccessClaims(user: user, username: name, family: family, expiresMilliseconds: UInt64(exp) * 1000)
    }
}
