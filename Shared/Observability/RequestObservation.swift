package import HTTPTypes
package import Hummingbird
package import Logging
import Metrics
import Synchronization

/// A request's context that carries its trace.
package protocol TracedRequestContext: RequestContext {
    /// Set by ``RequestObservation`` before any handler sees the context.
    var trace: TraceID { get set }
}

/// Gives every request a trace (its own, if it brought one), answers with it, and has `RequestLog` note it. Put
/// it outermost, around what turns errors into responses.
package struct RequestObservation<Context: TracedRequestContext>: RouterMiddleware {
    private let log = RequestLog()
    private let secretsBehind: [String]

    /// - Parameter secretsBehind: beginnings of paths that end in a secret, such as an invitation: logs have no more than these.
    package init(secretsBehind: [String] = []) { self.secretsBehind = secretsBehind }

    private func shown(_ path: String) -> String {
        secretsBehind.first { path.hasPrefix($0) }.map { $0 + "…" } ?? path
    }

    package func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.trace = TraceID(from: request.headers)
        let logger = context.logger
        context.logger = logger.tracing(context.trace)
        let start = ContinuousClock.now
        do {
            var response = try await next(request, context)
            if let name = TraceID.headerName { response.headers[name] = context.trace.hex }
            note(response.status)
            return response
        } catch {
            note((error as? any HTTPResponseError)?.status ?? .internalServerError)
            throw error
        }

        func note(_ status: HTTPResponse.Status) {
            log.note(
                request.method, shown(request.uri.path), route: context.endpointPath, status, since: start, logger,
                context.trace)
        }
    }
}

/// Times requests by route, and logs a line each: 5xx as a warning, 4xx as info, the others for debugging.
package struct RequestLog: Sendable {
    private let timers = RequestTimers()

    package init() {}

    package func note(
        _ method: HTTPRequest.Method, _ path: String, route: String?, _ status: HTTPResponse.Status,
        since start: ContinuousClock.Instant, _ logger: Logger, _ trace: TraceID
    ) {
        let duration = ContinuousClock.now - start
        timers[method, route, status.code].recordNanoseconds(duration.nanoseconds)
        let level: Logger.Level = status.code >= 500 ? .warning : status.code >= 400 ? .info : .debug
        guard logger.logLevel <= level else { return }
        logger.tracing(trace).log(
            level: level, "request",
            metadata: [
                "method": "\(method.rawValue)", "path": "\(path)", "status": "\(status.code)",
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
