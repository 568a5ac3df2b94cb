internal import Accounts
internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT

/// `/v1/users` and `/v1/sessions`.
struct AccountRoutes: Sendable {
    private struct Credentials: Decodable {
        var username, password: String
    }

    private struct Refresh: Decodable {
        var refreshToken: String
    }

    private struct Answer: Encodable {
        struct User: Encodable {
            var id, username: String
        }
        var user: User
        var accessToken, refreshToken: String
        /// Seconds until the access token runs out.
        var expiresIn: Int64
    }

    let desk: AccountDesk

    var routes: [Route] {
        [
            .open(.post, "/v1/users") { call in
                let wanted = try await call.json(Credentials.self)
                let session = try await desk.register(
                    wanted.username, wanted.password, from: call.context.address, trace: call.trace)
                return .json(try await answer(session), status: .created)
            },
            .open(.post, "/v1/sessions") { call in
                let given = try await call.json(Credentials.self)
                let session = try await desk.logIn(
                    given.username, given.password, from: call.context.address, trace: call.trace)
                return .json(try await answer(session))
            },
            .open(.post, "/v1/sessions/refresh") { call in
                .json(try await answer(try await desk.refresh(call.json(Refresh.self).refreshToken)))
            },
            .signedIn(.delete, "/v1/sessions") { _, caller in
                try await desk.logOut(caller.family)
                return .noContent
            },
        ]
    }

    private func answer(_ session: Session) async throws -> Answer {
        Answer(
            user: .init(id: session.user.hex, username: session.username),
            accessToken: try await desk.accessToken(session), refreshToken: session.refreshToken,
            expiresIn: AccessTokens.lifetime.components.seconds)
    }
}
