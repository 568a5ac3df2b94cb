import Accounts
import GatewayAPI
import Hummingbird
import JobQueue
import ListCRDT
import Redis
import Testing

@Suite("What went wrong, and what a client is told")
struct ErrorTableTests {
    private struct Anything: Error {}

    @Test("Each typed error has its code and status")
    func table() {
        let expected: [(any Error, APIError.Code, Int)] = [
            (APIError(.lastOwner, "x"), .lastOwner, 409),
            (CredentialError.invalidUsername("x"), .invalidUsername, 422),
            (CredentialError.weakPassword("x"), .weakPassword, 422),
            (AccessTokenError.expired, .tokenExpired, 401), (AccessTokenError.invalid, .unauthorized, 401),
            (SessionError.ended, .sessionEnded, 401), (SessionError.reused, .sessionEnded, 401),
            (SessionError.unavailable(.closed), .unavailable, 503),
            (RateLimitError.limited(retryAfterSeconds: 7), .rateLimited, 429),
            (RateLimitError.unavailable(.closed), .unavailable, 503),
            (UsernameClaimError.held, .busy, 503),
            (UsernameClaimError.unavailable(.closed), .unavailable, 503),
            (PasswordHasherError.busy, .busy, 503), (JobQueueError.redis(.closed), .unavailable, 503),
            (RedisError.indefinite("x"), .unavailable, 503),
            (PushRefusal.overLimit(.nameCharacters), .limitExceeded, 422),
            (PushRefusal.itemWithoutName(.head), .invalidField, 422), (PushRefusal.looseDots, .invalidField, 422),
            (DecodingFailure.truncated, .malformed, 400), (DecodingFailure.tooLarge, .limitExceeded, 422),
            (HTTPError(.notFound), .notFound, 404), (HTTPError(.contentTooLarge), .tooLarge, 413),
            (Anything(), .internalError, 500),
        ]
        for (error, code, status) in expected {
            let told = APIError(error)
            #expect(told.code == code, "\(error)")
            #expect(told.status.code == status, "\(error)")
        }
    }

    @Test("Whatever may be tried again says when, and nothing else does")
    func retrying() {
        for code in APIError.Code.allCases {
            let error = APIError(code, "x")
            #expect((error.retryAfterSeconds != nil) == code.isRetryable)
            #expect(code.isRetryable == [429, 503].contains(code.status.code))
        }
        #expect(APIError(RateLimitError.limited(retryAfterSeconds: 7)).retryAfterSeconds == 7)
    }

    @Test("An error that nobody foresaw tells nothing about the inside")
    func unforeseen() {
        #expect(!APIError(Anything()).message.contains("Anything"))
    }
}
