internal import NIOCore
internal import NIOHTTP1
package import SyncProtocol

/// Sync over `POST /v1/sync`.
package struct GatewayTransport: SyncTransport {
    private let store: ReplicaStore

    package init(_ store: ReplicaStore) { self.store = store }

    package func exchange(
        _ request: SyncRequest, timeout: Duration
    ) async throws(SyncMachine.Failure) -> SyncResponse {
        let answer: Gateway.Answer
        do {
            answer = try await store.gateway().send(
                .POST, "/v1/sync", token: try await store.accessToken(), contentType: SyncFormat.mediaType,
                body: request.encoded(), timeout: TimeAmount(timeout))
        } catch {
            throw .unreachable((error as? DeviceError)?.description ?? "\(error)")
        }
        switch answer.status {
        case .ok:
            do { return try SyncResponse(decoding: answer.body) } catch {
                throw .refused("The server's answer cannot be read (\(error)). Is this larder too old?")
            }
        case .unauthorized: throw .unauthorised
        case .serviceUnavailable, .tooManyRequests, .badGateway, .gatewayTimeout, .internalServerError:
            throw .busy(retryAfterMilliseconds: answer.retryAfterSeconds.map { $0 * 1_000 })
        default: throw .refused(answer.trouble.description)
        }
    }

    package func refreshSession() async -> Bool {
        do {
            try await store.refreshSession(refused: try await store.accessToken())
            return true
        } catch {
            return false
        }
    }
}
