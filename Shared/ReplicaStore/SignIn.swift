internal import Foundation
internal import GRDB
internal import NIOCore
internal import NIOHTTP1
internal import ListCRDT

/// Logging in and out, and the session in between.
package enum SignIn {
    private struct Credentials: Codable {
        var username, password: String
    }

    /// Registers or logs in, and makes the account the folder's current one.
    package static func enter(
        _ folder: DataFolder, server: String, username: String, password: String, registering: Bool
    ) async throws -> ReplicaStore {
        let path = registering ? "/v1/users" : "/v1/sessions"
        let credentials = Credentials(username: username, password: password)
        let answer: SessionAnswer = try await Gateway(server: server).json(.POST, path, credentials)
        guard let user = answer.user, let id = UserID(hex: user.id) else {
            throw DeviceError.refused("not_larder", "\(server) did not say who you are.")
        }
        let store = try await ReplicaStore.open(id, named: user.username, server: server, in: folder)
        try await store.keep(answer)
        try folder.setCurrent(id)
        return store
    }
}

extension ReplicaStore {
    fileprivate func keep(_ session: SessionAnswer?) async throws {
        try await edit { pen in
            try pen.db.run(
                "UPDATE device SET accessToken = ?, refreshToken = ?", [session?.accessToken, session?.refreshToken])
        }
    }

    package func gateway() async throws -> Gateway { Gateway(server: try await status().server) }

    /// The present access token; it may have run out.
    package func accessToken() async throws -> String? {
        try await read { db in try String.fetchOne(db, sql: "SELECT accessToken FROM device") }
    }

    /// Ends the session on the server, as far as it can be reached, and on this device. The lists stay.
    package func logOut() async throws {
        if let token = try await accessToken() {
            _ = try? await gateway().send(.DELETE, "/v1/sessions", token: token, timeout: .seconds(3))
        }
        try await keep(nil)
        try folder.setCurrent(nil)
    }

    /// Takes a new session for one whose access token was refused. Under a lock, because a refresh token works once.
    func refreshSession(refused: String?) async throws {
        guard let lock = try await folder.lock("session", patience: .seconds(10)) else {
            throw DeviceError.tryAgain("busy", "Another larder is refreshing the session. Try again.")
        }
        defer { _ = lock }
        guard try await accessToken() == refused else { return }  // another process has done it
        let token = try await read { db in try String.fetchOne(db, sql: "SELECT refreshToken FROM device") }
        guard let token else { throw Self.signedOut }
        let answer = try await gateway().send(
            .POST, "/v1/sessions/refresh", body: [UInt8](try JSONEncoder().encode(["refreshToken": token])))
        guard answer.status != .unauthorized else {
            try await keep(nil)
            throw Self.signedOut
        }
        guard answer.status == .ok else { throw answer.trouble }
        try await keep(try JSONDecoder().decode(SessionAnswer.self, from: Data(answer.body)))
    }

    static let signedOut = DeviceError.refused(
        "logged_out", "Your session has ended. Log in again with: larder login NAME")

    /// Asks the gateway as this person, refreshing the session once when it has run out.
    func ask<Content: Encodable, Result: Decodable>(
        _ method: HTTPMethod, _ path: String, _ content: Content? = Gateway.Nothing?.none
    ) async throws -> Result {
        let gateway = try await gateway()
        let body = try content.map { [UInt8](try JSONEncoder().encode($0)) }
        let token = try await accessToken()
        var answer = try await gateway.send(method, path, token: token, body: body)
        if answer.status == .unauthorized {
            try await refreshSession(refused: token)
            answer = try await gateway.send(method, path, token: try await accessToken(), body: body)
        }
        return try gateway.decode(answer)
    }
}
