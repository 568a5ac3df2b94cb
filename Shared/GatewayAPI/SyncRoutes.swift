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

    /// `SyncDesk.push` of a sync in the binary form. False: `binary` is to be asked.
    func push(_ body: ByteBuffer, _ caller: Caller, then: @escaping @Sendable (Result<Answer, APIError>) -> Void)
        -> Bool
    {
        guard let request = try? SyncRequest(decoding: Array(body.readableBytesView)) else { return false }
        let isTaken = desk.push(request, of: caller) { response in
            then(Result { () throws(APIError) in try Self.answer(response) })
        }
        if isTaken { documents.increment() }
        return isTaken
    }

    func binary(_ body: ByteBuffer, _ caller: Caller) async throws -> Answer {
        let request = try SyncRequest(decoding: Array(body.readableBytesView))
        return try Self.answer(await respond(request, caller))
    }

    private static func answer(_ response: SyncResponse) throws(APIError) -> Answer {
        try requireAny(response)
        return Answer(response.encoded(), SyncFormat.mediaType)
    }

    private func json(_ call: Call, _ caller: Caller) async throws -> Response {
        guard call.mediaType == "application/json" else {
            throw APIError(
                .unsupportedMediaType, "The content type of a sync is \(SyncFormat.mediaType) or application/json.")
        }
        let response = await respond(try await call.json(SyncRequestJSON.self).request(), caller)
        try Self.requireAny(response)
        return .json(SyncResponseJSON(response))
    }

    private func respond(_ request: SyncRequest, _ caller: Caller) async -> SyncResponse {
        documents.increment(by: request.documents.count)
        return await desk.answer(request, of: caller)
    }

    /// When not one document came through, the request as a whole has failed, and is to be sent again.
    static func requireAny(_ response: SyncResponse) throws(APIError) {
        if !response.documents.isEmpty, response.documents.allSatisfy({ $0.status == .notConfirmed }) {
            throw .notConfirmed
        }
    }
}
