internal import HTTPTypes
internal import Hummingbird
internal import Metrics
internal import NIOCore
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

    func binary(_ body: ByteBuffer, _ caller: Caller) async throws -> Answer {
        let request = try SyncRequest(decoding: Array(body.readableBytesView))
        return Answer(try await answer(request, caller).encoded(), SyncFormat.mediaType)
    }

    private func json(_ call: Call, _ caller: Caller) async throws -> Response {
        guard call.mediaType == "application/json" else {
            throw APIError(
                .unsupportedMediaType, "The content type of a sync is \(SyncFormat.mediaType) or application/json.")
        }
        return .json(SyncResponseJSON(try await answer(try await call.json(SyncRequestJSON.self).request(), caller)))
    }

    private func answer(_ request: SyncRequest, _ caller: Caller) async throws -> SyncResponse {
        documents.increment(by: request.documents.count)
        let response = await desk.answer(request, of: caller)
        try Self.requireAny(response)
        return response
    }

    /// When not one document came through, the request as a whole has failed, and is to be sent again.
    static func requireAny(_ response: SyncResponse) throws(APIError) {
        if !response.documents.isEmpty, response.documents.allSatisfy({ $0.status == .notConfirmed }) {
            throw .notConfirmed
        }
    }
}
