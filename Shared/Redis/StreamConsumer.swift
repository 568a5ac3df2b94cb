internal import Logging
internal import ServiceLifecycle
internal import Synchronization

/// One member of a consumer group: reads a stream at least once. For one caller of `next()` at a time.
///
/// In this order: what this consumer was given before and has not acknowledged, what a dead consumer left, what is new. An entry
/// that is in hand (given out, not yet acknowledged) is not given out again by the same object, so slow work is not done twice.
package final class StreamConsumer: Sendable {
    private enum Position {
        /// Its own pending entries, from behind this id.
        case own(after: String)
        /// What consumers that are gone left, from this id on.
        case left(from: String)
        case new
    }

    private struct State {
        var position = Position.own(after: "0")
        var inHand: Set<String> = []
        var claimDue = ContinuousClock.now
    }

    private let client: RedisClient
    private let lane: RedisLane
    private let stream: String
    private let group: String
    private let consumer: String
    private let batchMax: Int
    private let claimAfter: Duration
    private let state = Mutex(State())

    /// `consumer`: this worker's name in the group; one that keeps its name over restarts finds its own entries at once.
    /// `batchMax`: entries given out at once. `claimAfter`: an entry pending that long with another is taken from it.
    package init(
        _ client: RedisClient, stream: String, group: String, consumer: String,
        batchMax: Int = 256, claimAfter: Duration = .seconds(30)
    ) {
        self.client = client
        lane = client.lane(named: "group:\(group)")
        self.stream = stream
        self.group = group
        self.consumer = consumer
        self.batchMax = batchMax
        self.claimAfter = claimAfter
    }

    /// The next entries, at least one; waits for them, also through the loss of Redis and of its data. Nil: the task is cancelled,
    /// its service shuts down, or the client is stopped. Throws only errors of the server that waiting does not mend.
    package func next() async throws(RedisError) -> [StreamEntry]? {
        while !StreamWait.isOver {
            do throws(RedisError) {
                let entries = handOut(try await read())
                if !entries.isEmpty { return entries }
            } catch  where ["NOGROUP", "UNBLOCKED"].contains(error.code) {
                guard try await foundGroup() else { return nil }
            } catch {
                // What the lost answer gave us is pending with us now.
                state.withLock { $0.position = .own(after: "0") }
                guard try await StreamWait.mayGoOn(after: error) else { return nil }
            }
        }
        return nil
    }

    package func ack(_ ids: [String]) async throws(RedisError) {
        for command in commandsForAck(ids) { _ = try await client.send(command) }
    }

    /// The acknowledgement as commands, for a pipeline with others. If they are lost, the entries come again after `claimAfter`.
    package func commandsForAck(_ ids: [String]) -> [RedisCommand] {
        if ids.isEmpty { return [] }
        state.withLock { $0.inHand.subtract(ids) }
        return [RedisCommand("XACK", arguments: [.string(stream), .string(group)] + ids.map(RedisArgument.string))]
    }
}

extension StreamConsumer {
    private func read() async throws(RedisError) -> StreamReply {
        switch dueRead() {
        case .own(let after):
            let reply = StreamReply(ofRead: try await lane.send(readGroup(block: nil, after: after)))
            state.withLock { $0.position = reply.lastID.map { .own(after: $0) } ?? .new }
            try await drop(reply.trimmed)
            return reply
        case .left(let from):
            return try await claim(from: from)
        case .new:
            let untilClaim = state.withLock { ContinuousClock.now.duration(to: $0.claimDue) }
            let block = min(StreamWait.blockMax, max(.milliseconds(1), untilClaim))
            return StreamReply(ofRead: try await lane.blocking(readGroup(block: block, after: ">"), upTo: block))
        }
    }

    private func dueRead() -> Position {
        state.withLock { state in
            if case .new = state.position, state.claimDue <= .now {
                state.claimDue = .now + claimAfter / 2
                state.position = .left(from: "0-0")
            }
            return state.position
        }
    }

    private func claim(from: String) async throws(RedisError) -> StreamReply {
        let command = RedisCommand(
            "XAUTOCLAIM", .string(stream), .string(group), .string(consumer), .int(claimAfter.wholeMilliseconds),
            .string(from), "COUNT", .int(Int64(batchMax)))
        let parts = try await lane.send(command).array ?? []
        let cursor = parts.first?.string ?? "0-0"
        let reply = StreamReply(parts.dropFirst().first)
        state.withLock { $0.position = cursor == "0-0" ? .new : .left(from: cursor) }
        try await drop(reply.trimmed)
        return reply
    }

    private func readGroup(block: Duration?, after id: String) -> RedisCommand {
        var arguments: [RedisArgument] = ["GROUP", .string(group), .string(consumer), "COUNT", .int(Int64(batchMax))]
        if let block { arguments += ["BLOCK", .int(block.wholeMilliseconds)] }
        return RedisCommand("XREADGROUP", arguments: arguments + ["STREAMS", .string(stream), .string(id)])
    }

    /// Keeps back what is in hand already.
    private func handOut(_ reply: StreamReply) -> [StreamEntry] {
        state.withLock { state in
            if state.inHand.count > inHandMax { state.inHand = [] }
            return reply.entries.filter { state.inHand.insert($0.id).inserted }
        }
    }

    /// Trimmed while pending: there is nothing left to do for them.
    private func drop(_ ids: [String]) async throws(RedisError) {
        if !ids.isEmpty { try await ack(ids) }
    }

    /// The group is not there: nobody read before, or Redis lost its data. From the beginning of what there is.
    private func foundGroup() async throws(RedisError) -> Bool {
        do throws(RedisError) {
            _ = try await lane.send(RedisCommand("XGROUP", "CREATE", .string(stream), .string(group), "0", "MKSTREAM"))
        } catch  where error.code == "BUSYGROUP" {
            // Another member was quicker.
        } catch {
            guard try await StreamWait.mayGoOn(after: error) else { return false }
        }
        state.withLock { $0.position = .own(after: "0") }
        return true
    }
}

/// Entries given out and not acknowledged that are remembered, so as not to be given out again. Past it they may be.
private let inHandMax = 65_536

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
