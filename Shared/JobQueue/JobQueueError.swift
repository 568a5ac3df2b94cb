package import Redis

package enum JobQueueError: Error, Sendable {
    // The caller's fault: nothing was added.
    case invalidQueueName(String)
    case invalidJobID(String)
    case tooManyJobs(Int, max: Int)
    /// Redis did not do it, or (`RedisError` says which) may have done it without our hearing so.
    case redis(RedisError)
    /// Redis answered something that our scripts never return.
    case unexpectedReply(String)
}

extension JobQueueError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidQueueName(let name): "“\(name)” cannot name a queue: a name is not empty and has no colon"
        case .invalidJobID(let id): "“\(id)” cannot be a job's own id: it is not empty, no integer, and has no colon"
        case .tooManyJobs(let count, let max): "\(count) jobs in one call; the most is \(max)"
        case .redis(let error): "\(error)"
        case .unexpectedReply(let what): "Redis answered \(what)"
        }
    }
}

extension JobQueueError {
    /// Whether the call may have done its work although it failed here.
    package var mayHaveHappened: Bool {
        switch self {
        case .redis(let error): error.mayHaveHappened
        case .unexpectedReply: true
        case .invalidQueueName, .invalidJobID, .tooManyJobs: false
        }
    }
}
