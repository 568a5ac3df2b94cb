internal import NIOCore
internal import Synchronization

/// One caller's wait for one answer.
///
/// created → waiting (in the outbox) → sent (on the wire) → resolved. The first to resolve it wins; each later attempt is
/// nothing. So a cancellation, a deadline, a lost connection and the answer may race, and the caller is resumed once.
final class Request: Sendable {
    typealias Answer = Result<RedisValue, RedisError>
    typealias Continuation = CheckedContinuation<Answer, Never>

    enum Payload: Sendable {
        case one(RedisCommand)
        /// Answered by an array, an element a command.
        case many([RedisCommand])
    }

    private enum State {
        case created
        case waiting(Continuation)
        case sent(Continuation)
        case resolved
    }

    let payload: Payload
    let answerMax: TimeAmount
    let unsentDeadline: NIODeadline
    let commandCount: Int
    let byteCount: Int
    private let state = Mutex(State.created)

    init(_ payload: Payload, answerMax: TimeAmount, unsentDeadline: NIODeadline) {
        self.payload = payload
        self.answerMax = answerMax
        self.unsentDeadline = unsentDeadline
        switch payload {
        case .one(let command):
            commandCount = 1
            byteCount = command.encodedSizeMax
        case .many(let commands):
            commandCount = commands.count
            byteCount = commands.reduce(0) { $0 + $1.encodedSizeMax }
        }
    }

    /// False: it was cancelled before it began, and the continuation has been resumed.
    func begin(_ continuation: Continuation) -> Bool {
        let begun = state.withLock { state in
            guard case .created = state else { return false }
            state = .waiting(continuation)
            return true
        }
        if !begun { continuation.resume(returning: .failure(.cancelledUnsent)) }
        return begun
    }

    /// False: nobody waits for it any more, and it must not be written.
    func beginSending() -> Bool {
        state.withLock { state in
            guard case .waiting(let continuation) = state else { return false }
            state = .sent(continuation)
            return true
        }
    }

    func resolve(_ answer: Answer) {
        let continuation = state.withLock { state -> Continuation? in
            defer { state = .resolved }
            switch state {
            case .waiting(let continuation), .sent(let continuation): return continuation
            case .created, .resolved: return nil
            }
        }
        continuation?.resume(returning: answer)
    }

    /// True: it was on the wire, its answer will come and be dropped.
    func cancel() -> Bool {
        let (continuation, sent) = state.withLock { state -> (Continuation?, Bool) in
            defer { state = .resolved }
            switch state {
            case .created, .resolved: return (nil, false)
            case .waiting(let continuation): return (continuation, false)
            case .sent(let continuation): return (continuation, true)
            }
        }
        continuation?.resume(returning: .failure(sent ? .cancelledSent : .cancelledUnsent))
        return sent
    }
}

extension RedisError {
    fileprivate static let cancelledUnsent = RedisError.notSent("the caller was cancelled")
    fileprivate static let cancelledSent = RedisError.indefinite("the caller was cancelled")
}
