internal import Foundation
package import HTTPTypes
package import Hummingbird
internal import NIOCore

/// What a request is refused with: `{"error":{"code","message","retryable"}}`.
package struct APIError: Error, Hashable, Sendable {
    /// The codes of the API and, by `status` and `isRetryable`, what each means to a client.
    package enum Code: String, CaseIterable, Sendable {
        // The request is not one, or asks for what does not exist.
        case malformed, notFound = "not_found", methodNotAllowed = "method_not_allowed", tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type", invalidField = "invalid_field"
        case limitExceeded = "limit_exceeded"
        // Who is asking?
        case unauthorized, tokenExpired = "token_expired", wrongCredentials = "wrong_credentials"
        case sessionEnded = "session_ended", forbidden, rateLimited = "rate_limited"
        case usernameTaken = "username_taken", invalidUsername = "invalid_username", weakPassword = "weak_password"
        // Lists.
        case listNotFound = "list_not_found", itemNotFound = "item_not_found", memberNotFound = "member_not_found"
        case listExists = "list_exists", lastOwner = "last_owner"
        case invitationNotFound = "invitation_not_found", invitationExpired = "invitation_expired"
        // Not the client's fault.
        case internalError = "internal", notConfirmed = "not_confirmed", unavailable, busy
    }

    /// When a client may try again that is not told otherwise.
    package static let retryAfterSeconds = 1

    package let code: Code
    /// A sentence for people. It leaks nothing about anyone else.
    package let message: String
    /// Of retryable errors, at least 1.
    package let retryAfterSeconds: Int?

    package init(_ code: Code, _ message: String, retryAfterSeconds: Int = retryAfterSeconds) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = code.isRetryable ? max(1, retryAfterSeconds) : nil
    }
}

extension APIError.Code {
    package var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthorized, .tokenExpired, .wrongCredentials, .sessionEnded: .unauthorized
        case .forbidden: .forbidden
        case .notFound, .listNotFound, .itemNotFound, .memberNotFound, .invitationNotFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .usernameTaken, .listExists, .lastOwner: .conflict
        case .invitationExpired: .gone
        case .tooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidField, .limitExceeded, .invalidUsername, .weakPassword: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .internalError: .internalServerError
        case .notConfirmed, .unavailable, .busy: .serviceUnavailable
        }
    }

    /// Whether the same request may succeed later.
    package var isRetryable: Bool {
        switch self {
        case .rateLimited, .notConfirmed, .unavailable, .busy: true
        default: false
        }
    }
}

extension APIError: HTTPResponseError {
    package var status: HTTPResponse.Status { code.status }

    private struct Wire: Encodable {
        struct Trouble: Encodable {
            var code, message: String
            var retryable: Bool
        }
        var error: Trouble
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response { response }

    package var response: Response { answer.response }

    var answer: Answer {
        let wire = Wire(error: .init(code: code.rawValue, message: message, retryable: code.isRetryable))
        var answer = Answer.json(wire, status: status)
        if let retryAfterSeconds { answer.headers[.retryAfter] = String(retryAfterSeconds) }
        if status == .unauthorized { answer.headers[.wwwAuthenticate] = "Bearer" }
        return answer
    }
}
