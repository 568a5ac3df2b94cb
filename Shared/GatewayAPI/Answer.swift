internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// An answer whose body is whole in memory, as all of ours are. Nobody may keep one for another.
struct Answer: Sendable {
    let status: HTTPResponse.Status
    var headers: HTTPFields
    let body: ByteBuffer

    init(_ body: [UInt8], _ type: String, status: HTTPResponse.Status = .ok) {
        self.status = status
        headers = [.contentType: type, .cacheControl: "no-store"]
        self.body = ByteBuffer(bytes: body)
    }

    static func json(_ content: some Encodable, status: HTTPResponse.Status = .ok) -> Answer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let type = "application/json; charset=utf-8"
        guard let data = try? encoder.encode(content) else { return Answer([], type, status: .internalServerError) }
        return Answer(Array(data), type, status: status)
    }

    /// For the framework.
    var response: Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
