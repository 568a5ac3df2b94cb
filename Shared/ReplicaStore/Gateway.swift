internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// The gateway's HTTP, as a device uses it. Every failure is a `DeviceError` in the gateway's own words.
package struct Gateway: Sendable {
    /// An answer's body may be long: it may hold all lists.
    static let answerBytesMax = 256 << 20
    static let patience = TimeAmount.seconds(15)

    package let server: String

    package init(server: String) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
    }

    /// An answer that came, whatever it says.
    struct Answer {
        var status: HTTPResponseStatus
        var retryAfterSeconds: UInt64?
        var body: [UInt8]

        /// What went wrong, in the gateway's words.
        var trouble: DeviceError {
            let trouble = (try? JSONDecoder().decode(ErrorAnswer.self, from: Data(body)))?.error
            let code = trouble?.code ?? "http_\(status.code)"
            let message = trouble?.message ?? "The server answered \(status.code) \(status.reasonPhrase)."
            let later = trouble?.retryable ?? (status.code >= 500 || status.code == 429)
            return DeviceError(later ? .tryAgain : .refused, code, message)
        }
    }

    func send(
        _ method: HTTPMethod, _ path: String, token: String? = nil, contentType: String = "application/json",
        body: [UInt8]? = nil, timeout: TimeAmount = patience
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: server + path)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: contentType)
            request.headers.add(name: "Accept", value: contentType)
            request.body = .bytes(body)
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: timeout)
            let retryAfter = response.headers.first(name: "Retry-After").flatMap(UInt64.init)
            let body = try await response.body.collect(upTo: Self.answerBytesMax)
            return Answer(
                status: response.status, retryAfterSeconds: retryAfter, body: [UInt8](body.readableBytesView))
        } catch {
            throw DeviceError.tryAgain(
                "unreachable", "The server at \(server) cannot be reached (\(Self.words(error))).")
        }
    }

    func json<Content: Encodable, Result: Decodable>(
        _ method: HTTPMethod, _ path: String, token: String? = nil, _ content: Content?
    ) async throws -> Result {
        let body = try content.map { [UInt8](try JSONEncoder().encode($0)) }
        return try decode(try await send(method, path, token: token, body: body))
    }

    func decode<Result: Decodable>(_ answer: Answer) throws -> Result {
        guard (200..<300).contains(answer.status.code) else { throw answer.trouble }
        do {
            let body = answer.body.isEmpty ? Data("{}".utf8) : Data(answer.body)
            return try JSONDecoder().decode(Result.self, from: body)
        } catch {
            throw DeviceError.refused("not_larder", "\(server) did not answer as a Larder server does.")
        }
    }

    /// The address of the live WebSocket.
    package func liveAddress() async throws -> String {
        let answer: EndpointsAnswer = try await json(.GET, "/v1/endpoints", Nothing?.none)
        return answer.live
    }

    struct Nothing: Codable {}

    private static func words(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout:
            "no answer in time"
        case let error as HTTPClientError: error.shortDescription
        case let error as IOError: error.errnoCode == ECONNREFUSED ? "connection refused" : error.description
        default: "\(error)".contains("refused") ? "connection refused" : String("\(error)".prefix(120))
        }
    }
}
