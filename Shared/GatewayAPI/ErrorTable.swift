internal import Accounts
internal import Hummingbird
internal import JobQueue
internal import ListCRDT
internal import NIOCore
internal import Redis

/// The one table from what went wrong inside to what a client is told.
extension APIError {
    package init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as CredentialError: self.init(error)
        case let error as AccessTokenError: self.init(error)
        case let error as SessionError: self.init(error)
        case let error as RateLimitError: self.init(error)
        case let error as UsernameClaimError: self.init(error)
        case is PasswordHasherError: self.init(.busy, "Too many people are logging in. Try again in a moment.")
        case let error as PushRefusal: self.init(error)
        case let error as DecodingFailure: self.init(error)
        case is NIOTooManyBytesError: self = .bodyTooLarge
        case is JobQueueError, is RedisError: self = .redisAway
        case let error as HTTPError: self.init(error)
        default:
            self.init(.internalError, "Something went wrong here. It has been noted under this answer's x-trace-id.")
        }
    }

    /// Two of three shards did not answer in time.
    package static let notConfirmed = APIError(
        .notConfirmed,
        "Too few storage shards answered in time. What you sent may or may not have been saved: send it again.")
    static let bodyTooLarge = APIError(.tooLarge, "A request's body has at most \(GatewayLimits.bodyBytesMax) bytes.")
    static let redisAway = APIError(.unavailable, "A part of the service does not answer. Try again in a moment.")

    private init(_ error: CredentialError) {
        switch error {
        case .invalidUsername(let message): self.init(.invalidUsername, message)
        case .weakPassword(let message): self.init(.weakPassword, message)
        }
    }

    private init(_ error: AccessTokenError) {
        switch error {
        case .expired: self.init(.tokenExpired, "The access token has run out. Get a new one with the refresh token.")
        case .invalid: self.init(.unauthorized, "This needs a valid access token. Log in.")
        }
    }

    private init(_ error: SessionError) {
        switch error {
        case .ended, .reused: self.init(.sessionEnded, "The session has ended. Log in again.")
        case .unavailable: self = .redisAway
        }
    }

    private init(_ error: RateLimitError) {
        switch error {
        case .limited(let seconds):
            self.init(.rateLimited, "Too many attempts. Try again in \(seconds) s.", retryAfterSeconds: seconds)
        case .unavailable: self = .redisAway
        }
    }

    private init(_ error: UsernameClaimError) {
        switch error {
        case .held: self.init(.busy, "Someone is registering this user name at this moment. Try again in a moment.")
        case .unavailable: self = .redisAway
        }
    }

    private init(_ error: HTTPError) {
        switch error.status {
        case .notFound:
            self.init(.notFound, "There is nothing at this address. GET /v1/openapi.json says what there is.")
        case .contentTooLarge: self = .bodyTooLarge
        default: self.init(.malformed, error.body ?? "The request cannot be understood.")
        }
    }

    private init(_ failure: DecodingFailure) {
        switch failure {
        case .tooLarge: self.init(.limitExceeded, GatewayLimits.syncLimits)
        case .unsupportedVersion(let version):
            self.init(.malformed, "Version \(version) of the binary form is not known here.")
        default: self.init(.malformed, "The bytes are not in the binary form (\(failure)).")
        }
    }

    private init(_ refusal: PushRefusal) {
        switch refusal {
        case .overLimit(let limit): self.init(.limitExceeded, "At most \(limit.maximum) \(limit.words).")
        case .itemWithoutName: self.init(.invalidField, "An item needs a name.")
        case .looseDots, .foreignOperations, .dotInTwoEntries:
            self.init(.invalidField, "A push holds operations of its own replica, each on one entry (\(refusal)).")
        }
    }
}

extension PushRefusal.Limit {
    var words: String {
        switch self {
        case .operationsInPush: "operations in one push"
        case .nameCharacters: "characters in a name"
        case .noteCharacters: "characters in a note"
        case .categoryCharacters: "characters in a category"
        case .unitCharacters: "characters in a unit"
        case .valueBytes: "bytes in a value"
        case .positionBytes: "bytes in a position"
        }
    }
}
