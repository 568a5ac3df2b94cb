internal import Accounts
package import HTTPTypes
internal import Hummingbird
internal import Observability

/// One operation of the API: `GET /v1/lists/{list}`.
package struct Route: Sendable {
    typealias Open = @Sendable (Call) async throws -> Response
    typealias SignedIn = @Sendable (Call, Caller) async throws -> Response

    enum Handler: Sendable {
        /// For everyone.
        case open(Open)
        /// For those who bring an access token.
        case signedIn(SignedIn)
    }

    package let method: HTTPRequest.Method
    /// As OpenAPI writes it.
    package let path: String
    let handler: Handler

    package var needsToken: Bool { if case .signedIn = handler { true } else { false } }

    static func open(_ method: HTTPRequest.Method, _ path: String, _ handle: @escaping Open) -> Route {
        Route(method: method, path: path, handler: .open(handle))
    }

    static func signedIn(_ method: HTTPRequest.Method, _ path: String, _ handle: @escaping SignedIn) -> Route {
        Route(method: method, path: path, handler: .signedIn(handle))
    }
}

/// All operations, and how a request finds its own.
package struct RouteTable: Sendable {
    package let routes: [Route]

    package init(_ routes: [Route]) { self.routes = routes }

    /// What may be done at a path, whatever was asked for; empty: there is nothing at this path.
    package func methods(at path: String) -> [HTTPRequest.Method] {
        let parts = path.split(separator: "/")
        return routes.filter { Self.matches($0.path.split(separator: "/"), parts) }.map(\.method)
    }

    private static func matches(_ pattern: [Substring], _ parts: [Substring]) -> Bool {
        pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }

    func router(_ doorkeeper: Doorkeeper, app: WebApp?) -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestObservation(secretsBehind: ["/v1/invitations/", "/join/"]))
        router.add(middleware: ErrorResponses(table: self, app: app))
        if let app { router.add(middleware: WebAppAnswers(app: app)) }
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                let call = Call(request: request, context: context)
                switch route.handler {
                case .open(let handle): return try await handle(call)
                case .signedIn(let handle):
                    return try await handle(call, try await doorkeeper.caller(request.headers, trace: context.trace))
                }
            }
        }
        return router
    }
}

/// Lets in who has a valid access token.
struct Doorkeeper: Sendable {
    private static let scheme = "bearer "

    let verifier: AccessTokenVerifier
    let now: @Sendable () -> UInt64

    func caller(_ headers: HTTPFields, trace: TraceID) async throws -> Caller {
        guard let token = Self.token(in: headers) else { throw AccessTokenError.invalid }
        return Caller(try await verifier.verify(token, now: now()), trace)
    }

    /// Who has shown the same token before; nil: `caller` tells.
    func knownCaller(_ headers: HTTPFields, trace: TraceID) -> Caller? {
        Self.token(in: headers).flatMap { verifier.known($0, now: now()) }.map { Caller($0, trace) }
    }

    private static func token(in headers: HTTPFields) -> String? {
        guard let header = headers[.authorization], header.utf8.count > scheme.utf8.count,
            Substring(header.utf8.prefix(scheme.utf8.count)).lowercased() == scheme
        else { return nil }
        return String(Substring(header.utf8.dropFirst(scheme.utf8.count)))
    }
}
