internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import NIOCore

extension Response {
    static func json(_ content: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Answer.json(content, status: status).response
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
