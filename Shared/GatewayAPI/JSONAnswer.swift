internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import NIOCore

extension Response {
    /// An answer that nobody may keep for another.
    static func json(_ content: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(content) else { return Response(status: .internalServerError) }
        return bytes(Array(data), "application/json; charset=utf-8", status: status)
    }

    static func bytes(_ bytes: [UInt8], _ type: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static var noContent: Response { Response(status: .noContent) }
}

/// A value that is written as null when there is none.
@propertyWrapper
package struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension Nullable: Equatable where Value: Equatable {}

/// `2026-01-31T12:00:00.123Z`
func timeText(_ milliseconds: UInt64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
        Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

extension Context {
    /// A document's version as JSON has it.
    var base64: String { Data(encoded()).base64EncodedString() }
}
