internal import Foundation
package import HTTPTypes
internal import Logging
internal import NIOCore
internal import Observability
internal import Synchronization
internal import SyncProtocol

/// What is done with a sync that does not go through the framework: the same as there, see `SyncLaneHandler`.
package struct SyncLane: Sendable {
    /// Of a body; a longer one goes through the framework.
    static let bodyBytesMax = 64 << 10

    let doorkeeper: Doorkeeper
    let routes: SyncRoutes
    let logger: Logger
    private let log = RequestLog()
    private let date = DateText()

    init(doorkeeper: Doorkeeper, routes: SyncRoutes, logger: Logger) {
        self.doorkeeper = doorkeeper
        self.routes = routes
        self.logger = logger
    }

    /// Whether a request is a sync in the binary form, with nothing unusual about it.
    package func takes(_ head: HTTPRequest) -> Bool {
        guard head.method == .post, head.path == SyncRoutes.path else { return false }
        var (isBinary, isShort) = (false, false)
        for field in head.headerFields {
            switch field.name {
            case .contentType: isBinary = field.value == SyncFormat.mediaType
            case .contentLength: isShort = Int(field.value).map { 0...Self.bodyBytesMax ~= $0 } ?? false
            case .connection, .contentEncoding, .expect, .transferEncoding, .upgrade: return false
            default: break
            }
        }
        return isBinary && isShort
    }

    /// `then` gets the answer, on any thread, perhaps before this returns.
    func answer(_ head: HTTPRequest, _ body: ByteBuffer, then: @escaping @Sendable (Answer) -> Void) {
        let trace = TraceID(from: head.headerFields)
        let start = ContinuousClock.now
        let finish = { @Sendable (result: Result<Answer, any Error>) in then(finished(result, trace, start)) }
        if let caller = doorkeeper.knownCaller(head.headerFields, trace: trace) {
            return routes.binary(body, caller, then: finish)
        }
        Task(executorPreference: ServiceThread.shared) {
            do {
                routes.binary(body, try await doorkeeper.caller(head.headerFields, trace: trace), then: finish)
            } catch { finish(.failure(error)) }
        }
    }

    private func finished(
        _ result: Result<Answer, any Error>, _ trace: TraceID, _ start: ContinuousClock.Instant
    ) -> Answer {
        var answer: Answer
        switch result {
        case .success(let success): answer = success
        case .failure(let error):
            let refusal = APIError(error)
            if refusal.code == .internalError {
                logger.tracing(trace).error("failed", metadata: ["error": "\(error)"])
            }
            answer = refusal.answer
        }
        answer.headers.append(HTTPField(name: .contentLength, value: String(answer.body.readableBytes)))
        answer.headers.append(HTTPField(name: .date, value: date.now))
        if let name = TraceID.headerName { answer.headers.append(HTTPField(name: name, value: trace.hex)) }
        log.note(.post, SyncRoutes.path, route: SyncRoutes.path, answer.status, since: start, logger, trace)
        return answer
    }
}

/// The time as RFC 9110 writes it, made once a second.
private final class DateText: Sendable {
    private let latest = Mutex((second: 0, text: ""))

    var now: String {
        let second = Int(Date().timeIntervalSince1970)
        return latest.withLock { latest in
            if latest.second != second { latest = (second, Self.text(second)) }
            return latest.text
        }
    }

    private static func text(_ second: Int) -> String {
        var (time, parts) = (time_t(second), tm())
        gmtime_r(&time, &parts)
        return String(unsafeUninitializedCapacity: 40) { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                strftime($0.baseAddress, $0.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            }
        }
    }
}
