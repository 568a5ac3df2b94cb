internal import ServiceLifecycle
internal import Synchronization

/// Reads a stream from a point on, outside any group: every reader sees every entry. For one caller at a time.
///
/// After a lost connection it goes on behind the last entry it gave out, as far as the stream still has what followed.
package final class StreamTail: Sendable {
    package enum Start: Sendable {
        /// What comes after the first call of `next()` or `prepare()`.
        case now
        /// `0` is the beginning.
        case after(String)
    }

    private let lane: RedisLane
    private let stream: String
    private let batchMax: Int
    private let lastID: Mutex<String?>

    /// `batchMax`: entries given out at once.
    package init(_ client: RedisClient, stream: String, from start: Start, batchMax: Int = 256) {
        lane = client.lane(named: "tail:\(stream)")
        self.stream = stream
        self.batchMax = batchMax
        let known: String? = if case .after(let id) = start { id } else { nil }
        lastID = Mutex(known)
    }

    /// Settles where “now” is.
    package func prepare() async throws(RedisError) {
        _ = try await position()
    }

    /// The next entries, at least one; waits for them, also through the loss of Redis. Nil: the task is cancelled, its service
    /// shuts down, or the client is stopped. Throws only errors of the server that waiting does not mend.
    package func next() async throws(RedisError) -> [StreamEntry]? {
        while !StreamWait.isOver {
            do throws(RedisError) {
                let reply = StreamReply(ofRead: try await read(after: try await position()))
                guard let last = reply.lastID else { continue }
                lastID.withLock { $0 = last }
                return reply.entries
            } catch {
                guard try await StreamWait.mayGoOn(after: error) else { return nil }
            }
        }
        return nil
    }

    private func position() async throws(RedisError) -> String {
        if let known = lastID.withLock({ $0 }) { return known }
        let newest = try await lane.send(RedisCommand("XREVRANGE", .string(stream), "+", "-", "COUNT", 1))
        let id = StreamReply(newest).lastID ?? "0-0"
        lastID.withLock { $0 = id }
        return id
    }

    private func read(after id: String) async throws(RedisError) -> RedisValue {
        let command = RedisCommand(
            "XREAD", "COUNT", .int(Int64(batchMax)), "BLOCK", .int(StreamWait.blockMilliseconds),
            "STREAMS", .string(stream), .string(id))
        return try await lane.blocking(command, upTo: StreamWait.blockMax)
    }
}

/// How readers of streams wait.
enum StreamWait {
    static let blockMilliseconds: Int64 = 5000
    static let blockMax = Duration.milliseconds(blockMilliseconds)
    private static let pauseAfterTrouble = Duration.milliseconds(100)

    static var isOver: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// False: the client is stopped. Throws what waiting does not mend.
    static func mayGoOn(after error: RedisError) async throws(RedisError) -> Bool {
        switch error {
        case .closed: return false
        case .server where !["LOADING", "UNBLOCKED"].contains(error.code): throw error
        case .notSent, .indefinite, .refused, .server:
            if !isOver { try? await Task.sleep(for: pauseAfterTrouble) }
            return true
        }
    }
}
