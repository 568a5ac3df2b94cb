import Accounts
import ListCRDT
import Testing

@Suite("Password hashing")
struct PasswordHasherTests {
    /// Fast, and in all else as in production.
    static let cheap = ScryptCost(log2N: 4, r: 8, p: 1)

    @Test(
        "scrypt is that of RFC 7914",
        arguments: [
            (
                "password", "NaCl", ScryptCost(log2N: 10, r: 8, p: 16),
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                    + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
            ),
            (
                "pleaseletmein", "SodiumChloride", ScryptCost(log2N: 14, r: 8, p: 1),
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
            ),
        ])
    func knownAnswers(password: String, salt: String, cost: ScryptCost, expected: String) throws {
        let key = try cost.deriveKey(from: Array(password.utf8), salt: Array(salt.utf8), byteCount: 64)
        #expect(key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }

    @Test("The password matches its verifier, also after it was stored, and no other does")
    func roundTrip() async throws {
        let hasher = PasswordHasher(cost: Self.cheap)
        let verifier = try await hasher.verifier(for: Password("correct horse"))
        let stored = try #require(PasswordVerifier(bytes: verifier.bytes))
        #expect(stored == verifier)
        #expect(try await hasher.matches(Password("correct horse"), stored))
        for wrong in ["Correct horse", "correct horse ", "", String(repeating: "x", count: 5000)] {
            #expect(try await !hasher.matches(Password(wrong), stored))
        }
    }

    @Test("Both spellings of an accented letter are one password")
    func normalForm() async throws {
        let hasher = PasswordHasher(cost: Self.cheap)
        let verifier = try await hasher.verifier(for: Password("caf\u{E9} noir"))
        #expect(try await hasher.matches(Password("cafe\u{301} noir"), verifier))
    }

    @Test("The same password has another verifier each time")
    func salted() async throws {
        let hasher = PasswordHasher(cost: Self.cheap)
        let verifiers = try await [hasher.verifier(for: Password("a")), hasher.verifier(for: Password("a"))]
        #expect(verifiers[0] != verifiers[1])
        #expect(!String(decoding: verifiers[0].bytes, as: UTF8.self).hasSuffix("="), "base64 without padding")
    }

    @Test("A verifier of another cost still works, and asks to be renewed")
    func renewal() async throws {
        let (old, new) = (PasswordHasher(cost: Self.cheap), PasswordHasher(cost: ScryptCost(log2N: 5, r: 8, p: 1)))
        let verifier = try await old.verifier(for: Password("a"))
        #expect(try await new.matches(Password("a"), verifier))
        #expect(new.needsRenewal(verifier) && !old.needsRenewal(verifier))
    }

    @Test(
        "A verifier that is damaged, or would take all memory, is none",
        arguments: [
            "", "$scrypt$", "$scrypt$ln=15,r=8,p=1$AAAA$AAAA", "$argon2$ln=15,r=8,p=1$\(salt)$\(key)",
            "$scrypt$ln=30,r=8,p=1$\(salt)$\(key)", "$scrypt$ln=0,r=8,p=1$\(salt)$\(key)",
            "$scrypt$ln=15,r=255,p=1$\(salt)$\(key)", "$scrypt$ln=15,r=8$\(salt)$\(key)",
            "$scrypt$ln=15,r=8,p=1,x=1$\(salt)$\(key)$", "$scrypt$ln=15,r=8,p=1$\(salt)$!!",
        ])
    func damaged(text: String) {
        #expect(PasswordVerifier(bytes: Array(text.utf8)) == nil)
    }

    private static let salt = String(repeating: "A", count: 22)
    private static let key = String(repeating: "A", count: 43)

    @Test("Someone who does not exist costs as much as a wrong password")
    func unknownUser() async throws {
        let hasher = PasswordHasher(cost: ScryptCost(log2N: 11, r: 8, p: 1))
        let verifier = try await hasher.verifier(for: Password("right"))
        var fastest = (unknown: Duration.seconds(60), wrong: Duration.seconds(60))
        let clock = ContinuousClock()
        for _ in 0..<10 {
            let unknown = try await clock.measure { _ = try await hasher.matches(Password("wrong"), nil) }
            let wrong = try await clock.measure { _ = try await hasher.matches(Password("wrong"), verifier) }
            fastest = (min(fastest.unknown, unknown), min(fastest.wrong, wrong))
        }
        // Wide, because other work on the machine disturbs both; no hash at all would be a thousandth.
        #expect((0.2...5).contains(fastest.unknown / fastest.wrong))
    }

    @Test("Past the bound of those who wait, the answer is busy, at once; the others are served")
    func busy() async throws {
        let hasher = PasswordHasher(cost: ScryptCost(log2N: 13, r: 8, p: 1), runningMax: 1, waitingMax: 3)
        let outcomes = await concurrently(40) { _ in
            do {
                _ = try await hasher.verifier(for: Password("x"))
                return "served"
            } catch {
                return "\(error)"
            }
        }
        #expect(outcomes.count { $0 == "served" } >= 4)
        #expect(outcomes.contains("busy"))
        #expect(try await !hasher.matches(Password("x"), nil), "it serves again")
    }

    @Test("The account is what its document's head says")
    func record() async throws {
        let verifier = try await PasswordHasher(cost: Self.cheap).verifier(for: Password("x"))
        let record = AccountRecord(
            username: try Username("Ada"), user: .newUser(), verifier: verifier, createdMilliseconds: 1_000)
        var document = Document(kind: .account)
        #expect(AccountRecord(document) == nil, "nobody has registered")
        let replica = ReplicaID(rawValue: 1)
        var clock = HybridClock(replica: replica)
        let delta = document.edit(.head, record.changes, dot: Dot(replica, 1), stamp: clock.next(now: 1_000))
        var copy = Document(kind: .account)
        copy.merge(delta)
        #expect(AccountRecord(copy) == record)
    }
}
