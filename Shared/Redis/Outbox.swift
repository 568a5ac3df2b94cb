internal import NIOCore

/// What callers have handed in and is not yet written, with the account of all that is in hand, written or not. Pure.
struct Outbox {
    enum Admission {
        /// `wake`: the event loop must be told to write.
        case accepted(wake: Bool)
        case refused(RedisError)
    }

    private let limits: RedisLimits
    private var waiting = CircularBuffer<Request>()
    private var commandCount = 0
    private var byteCount = 0
    private var writeAsked = false
    private var closed = false
    /// Why nothing can be written now, in words. Nil: connected.
    var trouble: String? = "not connected yet"

    init(limits: RedisLimits) {
        self.limits = limits
    }

    var isEmpty: Bool { commandCount == 0 }
    var hasWaiting: Bool { !waiting.isEmpty }

    mutating func admit(_ request: Request) -> Admission {
        if closed { return .refused(.closed) }
        guard commandCount + request.commandCount <= limits.pendingCommandsMax else {
            return .refused(.notSent("\(limits.pendingCommandsMax) commands are pending, the most there may be"))
        }
        guard byteCount + request.byteCount <= limits.pendingBytesMax else {
            return .refused(.notSent("pending commands would exceed \(limits.pendingBytesMax) bytes"))
        }
        commandCount += request.commandCount
        byteCount += request.byteCount
        waiting.append(request)
        defer { writeAsked = true }
        return .accepted(wake: !writeAsked)
    }

    /// The oldest requests, together at most `writeBytesMax`, but one at least if there is one.
    mutating func takeForWriting() -> [Request] {
        var taken: [Request] = []
        var bytes = 0
        while let next = waiting.first, taken.isEmpty || bytes + next.byteCount <= writeBytesMax {
            bytes += next.byteCount
            taken.append(waiting.removeFirst())
        }
        return taken
    }

    mutating func writeBegins() { writeAsked = false }

    /// Takes out what has waited too long. Oldest first, so the first that has not ends the search.
    mutating func takeExpired(now: NIODeadline) -> [Request] {
        var expired: [Request] = []
        while let next = waiting.first, next.unsentDeadline <= now {
            expired.append(waiting.removeFirst())
        }
        settle(expired)
        return expired
    }

    mutating func takeAll() -> [Request] {
        let all = Array(waiting)
        waiting.removeAll(keepingCapacity: true)
        settle(all)
        return all
    }

    mutating func settle(commands: Int, bytes: Int) {
        commandCount -= commands
        byteCount -= bytes
    }

    mutating func close() { closed = true }

    private mutating func settle(_ requests: [Request]) {
        for request in requests { settle(commands: request.commandCount, bytes: request.byteCount) }
    }
}
