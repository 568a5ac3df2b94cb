internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOHTTP1

/// Turns whatever a handler throws into an answer of the one form that errors have.
struct ErrorResponses: RouterMiddleware {
    let table: RouteTable

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as HTTPParserError {
            throw error  // no request any more: the server answers 400 by itself and closes
        } catch {
            let refusal = APIError(error)
            if refusal.code == .internalError { context.logger.error("failed", metadata: ["error": "\(error)"]) }
            return refusal.code == .notFound ? nothing(at: request, refusal) : refusal.response
        }
    }

    /// An unknown path, or a known one with another method.
    private func nothing(at request: Request, _ refusal: APIError) -> Response {
        let methods = table.methods(at: request.uri.path).map(\.rawValue).sorted().joined(separator: ", ")
        guard !methods.isEmpty else { return refusal.response }
        var response = APIError(.methodNotAllowed, "Here one may \(methods).").response
        response.headers[.allow] = methods
        return response
    }
}
