internal import HTTPTypes
internal import Hummingbird
internal import Metrics
internal import NIOCore
internal import Observability
internal import SyncProtocol

/// `POST /v1/sync`, the one that devices use.
struct SyncRoutes: Sendable {
    static let path = "/v1/sync"

    let desk: SyncDesk
    private let documents = Counter(label: "larder.gateway.sync.documents")

    init(desk: SyncDesk) { self.desk = desk }

    var routes: [Route] {
        [
            .signedIn(.post, Self.path) { call, caller in
                call.mediaType == SyncFormat.mediaType
                    ? try await binary(call.body(), caller).response : try await json(call, caller)
            }
        ]
    }

    /// A sync in the binary form. `then` gets its answer, on any thread, perhaps before this returns.
    func binary(_ body: ByteBuffer, _ caller: Caller, then: @escaping @Sendable (Result<Answer, any Error>) -> Void) {
        let request: SyncRequest
        do { request = try SyncRequest(decoding: Array(body.readableBytesView)) } catch { return then(.failure(error)) }
        let answer = { @Sendable (response: SyncResponse) in
            then(
                Result {
                    try Self.requireAny(response)
                    return Answer(response.encoded(), SyncFormat.mediaType)
                })
        }
        documents.increment(by: request.documents.count)
        guard !desk.push(request, of: caller, then: answer) else { return }
        Task(executorPreference: ServiceThread.shared) { answer(await desk.answer(request, of: caller)) }
    }

    private func binary(_ body: ByteBuffer, _ caller: Caller) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            binary(body, caller) { continuation.resume(with: $0) }
        }
    }

    private func json(_ call: Call, _ caller: Caller) async throws -> Response {
        guard call.mediaType == "application/json" else {
            throw APIError(
                .unsupportedMediaType, "The content type of a sync is \(SyncFormat.mediaType) or application/json.")
        }
        let request = try await call.json(SyncRequestJSON.self).request()
        documents.increment(by: request.documents.count)
        let response = await desk.answer(request, of: caller)
        try Self.requireAny(response)
        return .json(SyncResponseJSON(response))
    }

    /// When not one document came through, the request as a whole has failed, and is to be sent again.
    static func requireAny(_ response: SyncResponse) throws(APIError) {
        if !response.documents.isEmpty, response.documents.allSatisfy({ $0.status == .notConfirmed }) {
            throw .notConfirmed
        }
    }
}
