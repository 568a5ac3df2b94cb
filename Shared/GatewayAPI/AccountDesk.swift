package import Accounts
internal import ListCRDT
internal import Messages
package import Redis

/// Registers people and logs them in. An account is a document like any other; sessions and limits are in Redis.
package struct AccountDesk: Sendable {
    private let library: Library
    private let claims: UsernameClaims
    private let sessions: Sessions
    private let limiter: RateLimiter
    private let hasher: PasswordHasher
    private let issuer: AccessTokenIssuer

    package init(
        library: Library, redis: RedisClient, issuer: AccessTokenIssuer, hasher: PasswordHasher = PasswordHasher()
    ) {
        self.library = library
        self.issuer = issuer
        self.hasher = hasher
        claims = UsernameClaims(redis: redis)
        sessions = Sessions(redis: redis)
        limiter = RateLimiter(redis: redis)
    }

    func register(
        _ name: String, _ secret: String, from address: String, trace: UInt64
    ) async throws -> Session {
        let username = try Username(name)
        let password = try Password(choosing: secret, for: username)
        try await limiter.admit([(.registrationsPerAddress, address)], now: library.now())
        let claim = try await claim(username)
        let verifier: PasswordVerifier
        do { verifier = try await prepare(username, password, trace: trace) } catch {
            try? await claims.release(claim)
            throw error
        }
        // If this is not confirmed it may still come to pass: the name stays claimed until that is past.
        let user = try await found(username, verifier, trace: trace)
        try? await claims.release(claim)
        return try await sessions.open(user: user, username: username.text)
    }

    /// Waits while someone else is registering the name: mostly it is taken then.
    private func claim(_ username: Username) async throws -> UsernameClaim {
        let patience = Duration.milliseconds(GatewayLimits.writePatienceMilliseconds)
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(UsernameClaimError) { return try await claims.claim(username) } catch {
                guard error == .held, ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// All that can fail before anything is written.
    private func prepare(
        _ username: Username, _ password: Password, trace: UInt64
    ) async throws -> PasswordVerifier {
        let id = DocumentID.accountDocument(username)
        try Self.requireFree(username, try await library.read(id, .account, .access, trace: trace))
        return try await hasher.verifier(for: password)
    }

    private func found(_ username: Username, _ verifier: PasswordVerifier, trace: UInt64) async throws -> UserID {
        let caller = Caller(user: .newUser(), username: username.text, trace: trace)
        let id = DocumentID.accountDocument(username)
        _ = try await library.edit(id, .account, at: .head, reading: .access, by: caller) { edit in
            try Self.requireFree(username, edit.reading)
            let record = AccountRecord(
                username: username, user: caller.user, verifier: verifier, createdMilliseconds: edit.now)
            edit.change(.head, record.changes)
        }
        return caller.user
    }

    private static func requireFree(_ username: Username, _ reading: Reading) throws {
        guard !reading.exists else {
            throw APIError(.usernameTaken, "The user name “\(username)” is taken. Choose another.")
        }
    }

    func logIn(_ name: String, _ secret: String, from address: String, trace: UInt64) async throws -> Session {
        let username = try? Username(name)
        let uses = [(RateRule.loginsPerAddress, address)]
        let byName = username.map { [(RateRule.loginsPerUsername, $0.text)] } ?? []
        try await limiter.admit(uses + byName, now: library.now())
        var record: AccountRecord?
        if let username {
            let reading = try await library.read(.accountDocument(username), .account, .access, trace: trace)
            record = AccountRecord(reading.document)
        }
        // Whoever does not exist costs as much as a wrong password.
        guard try await hasher.matches(Password(secret), record?.verifier), let record else {
            throw APIError(.wrongCredentials, "The user name or the password is wrong.")
        }
        return try await sessions.open(user: record.user, username: record.username)
    }

    func refresh(_ token: String) async throws -> Session { try await sessions.rotate(token) }

    func logOut(_ family: Identifier) async throws { try await sessions.end(family) }

    func accessToken(_ session: Session) async throws -> String {
        try await issuer.issue(
            user: session.user, username: session.username, family: session.family, now: library.now())
    }
}
