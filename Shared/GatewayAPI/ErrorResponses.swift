internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOHTTP1

/// Turns whatever a handler throws into an answer of the one form that errors have.
struct ErrorResponses: RouterMiddleware {
    let table: RouteTable
    let app: WebApp?

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch is HTTPParserError {
            return Self.brokenOff
        } catch {
            let refusal = APIError(error)
            if refusal.code == .internalError { context.logger.error("failed", metadata: ["error": "\(error)"]) }
            return refusal.code == .notFound ? nothing(at: request, refusal) : refusal.response
        }
    }

    /// The body is not framed as HTTP, or ends before its end. Nothing that follows on the connection is a request.
    private static var brokenOff: Response {
        var response = APIError(.malformed, "The request breaks off, or its body is not framed as HTTP.").response
        response.headers[.connection] = "close"
        return response
    }

    /// An unknown path, or a known one with another method.
    private func nothing(at request: Request, _ refusal: APIError) -> Response {
        let path = request.uri.path
        let ofApp = app?.file(at: path) != nil ? ["GET"] : []
        let methods = Set(table.methods(at: path).map(\.rawValue) + ofApp).sorted().joined(separator: ", ")
        guard !methods.isEmpty else { return refusal.response }
        var response = APIError(.methodNotAllowed, "Here one may \(methods).").response
        response.headers[.allow] = methods
        return response
    }
}
