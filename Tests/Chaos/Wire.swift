internal import AsyncHTTPClient
internal import Foundation
internal import ListCRDT
internal import NIOCore
internal import NIOHTTP1
internal import SyncProtocol
internal import TestStack
internal import TestSupport

/// How requests reach the gateway.
struct Wire: Sendable {
    enum Failure: Error {
        /// No answer: it may have happened, or not.
        case none(String)
        case busy(retryAfterMilliseconds: Int)
        case unauthorised
        case refused(String)
    }

    /// Where somebody cuts the connection of a push.
    enum Cut: Sendable { case half, answer }

    private static let patience = TimeAmount.seconds(5)
    private static let answerBytesMax = 64 << 20

    let client: HTTPClient
    let port: Int

    func sync(_ request: SyncRequest, token: String) async throws -> SyncResponse {
        var message = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/sync")
        message.method = .POST
        message.headers = ["Authorization": "Bearer \(token)", "Content-Type": SyncFormat.mediaType]
        message.body = .bytes(ByteBuffer(bytes: request.encoded()))
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await client.execute(message, timeout: Self.patience)
            body = try await response.body.collect(upTo: Self.answerBytesMax)
        } catch { throw Failure.none("\(error)") }
        switch response.status.code {
        case 200: return try SyncResponse(decoding: Array(body.readableBytesView))
        case 401: throw Failure.unauthorised
        case 429, 503:
            let seconds = response.headers.first(name: "retry-after").flatMap { Int($0) } ?? 0
            throw Failure.busy(retryAfterMilliseconds: seconds * 1_000)
        default: throw Failure.refused("\(response.status.code) \(String(buffer: body).prefix(200))")
        }
    }

    /// Sends the request as far as it gets before the connection breaks; there is no answer.
    func cut(_ request: SyncRequest, token: String, _ place: Cut) {
        let body = request.encoded()
        let head =
            "POST /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(token)\r\n"
            + "Content-Type: \(SyncFormat.mediaType)\r\nContent-Length: \(body.count)\r\n\r\n"
        let sent = place == .half ? body.prefix(body.count / 2) : body[...]
        BrokenConnection.send(Array(head.utf8) + sent, to: port)
    }

    func token(of person: String) async throws -> String {
        let answer = try await HTTP.send(
            "POST", "http://127.0.0.1:\(port)/v1/sessions",
            json: ["username": person, "password": "a password of \(person)"])
        guard let token = answer.json["accessToken"] as? String else {
            throw Failure.busy(retryAfterMilliseconds: 1_000)
        }
        return token
    }
}

/// A connection that is closed as soon as something has been written to it.
enum BrokenConnection {
    static func send(_ bytes: [UInt8], to port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
    }
}
