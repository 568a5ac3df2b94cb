internal import Accounts
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
package import ListCRDT
internal import NIOCore
internal import Observability

/// Who asks, as the access token proved.
package struct Caller: Hashable, Sendable {
    package let user: UserID
    package let username: String
    /// The session.
    package let family: Identifier
    package let trace: UInt64

    package init(user: UserID, username: String, family: Identifier = .zero, trace: UInt64 = 0) {
        self.user = user
        self.username = username
        self.family = family
        self.trace = trace
    }

    init(_ claims: AccessClaims, _ trace: TraceID) {
        self.init(user: claims.user, username: claims.username, family: claims.family, trace: trace.rawValue)
    }
}

/// One request, as a handler reads it.
struct Call: Sendable {
    let request: Request
    let context: GatewayContext

    var trace: UInt64 { context.trace.rawValue }

    /// Of the media type without its parameters, in lower case; empty if it is not said.
    var mediaType: String {
        let type = request.headers[.contentType] ?? ""
        return String(type.prefix { $0 != ";" && $0 != " " }).lowercased()
    }

    /// The body, up to the limit.
    func body() async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > GatewayLimits.bodyBytesMax {
            throw APIError.bodyTooLarge
        }
        if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
            throw APIError(.unsupportedMediaType, "A body is sent as it is, without a Content-Encoding.")
        }
        return try await request.body.collect(upTo: GatewayLimits.bodyBytesMax)
    }

    func json<Body: Decodable>(_ type: Body.Type = Body.self) async throws -> Body {
        guard mediaType == "application/json" else {
            throw APIError(.unsupportedMediaType, "The content type of this request is application/json.")
        }
        return try JSONBody.decode(type, from: try await body().readableBytesView)
    }

    /// An identifier in the path. One that cannot be any names nothing: `code`.
    func identifier(_ name: String, orElse code: APIError.Code) throws -> Identifier {
        guard let id = context.parameters.get(name).flatMap({ Identifier(hex: $0) }) else {
            throw APIError(code, "“\(name)” is 32 lowercase hexadecimal digits.")
        }
        return id
    }

    /// A whole number in the query, within bounds.
    func number(_ name: String, in range: ClosedRange<Int>, orElse fallback: Int) throws -> Int {
        guard let text = request.uri.queryParameters.get(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw APIError(
                .invalidField, "The parameter `\(name)` is a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
