import HTTPTypes
package import Hummingbird
import Logging
import Metrics
import Synchronization

/// A request's context that carries its trace.
package protocol TracedRequestContext: RequestContext {
    /// Set by ``RequestObservation`` before any handler sees the context.
    var trace: TraceID { get set }
}

/// Gives every request a trace (its own, if it brought one), answers with it, times it by route, and logs one line:
/// 5xx as a warning, 4xx as info, the others for debugging. Put it outermost, around what turns errors into responses.
package struct RequestObservation<Context: TracedRequestContext>: RouterMiddleware {
    private let timers = RequestTimers()

    package init() {}

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.trace = TraceID(from: request.headers)
        context.logger = context.logger.tracing(context.trace)
        let start = ContinuousClock.now
        do {
            var response = try await next(request, context)
            if let name = TraceID.headerName { response.headers[name] = context.trace.hex }
            observe(request, context, response.status, since: start)
            return response
        } catch {
            observe(request, context, (error as? any HTTPResponseError)?.status ?? .internalServerError, since: start)
            throw error
        }
    }

    private func observe(
        _ request: Request, _ context: Context, _ status: HTTPResponse.Status, since start: ContinuousClock.Instant
    ) {
        let duration = ContinuousClock.now - start
        timers[request.method, context.endpointPath, status.code].recordNanoseconds(duration.nanoseconds)
        let level: Logger.Level = status.code >= 500 ? .warning : status.code >= 400 ? .info : .debug
        context.logger.log(
            level: level, "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)", "status": "\(status.code)",
                "milliseconds": "\(Double(duration.nanoseconds / 10_000) / 100)",
            ])
    }
}

/// Timers by route, method and status, looked up without asking the registry again.
private final class RequestTimers: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    /// What clients send as a method is theirs to invent; these get labels of their own.
    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    private let timers = Mutex<[Key: Timer]>([:])

    subscript(method: HTTPRequest.Method, route: String?, status: Int) -> Timer {
        let method = Self.methods.contains(method) ? method.rawValue : "other"
        let key = Key(method: method, route: route ?? "none", status: status)
        return timers.withLock { timers in
            if let timer = timers[key] { return timer }
            let timer = Timer(
                label: "http.server.request.duration",
                dimensions: [("method", key.method), ("route", key.route), ("status", "\(status)")])
            timers[key] = timer
            return timer
        }
    }
}

extension Duration {
    /// Up to 292 years.
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
