package import Logging
package import Messages
package import Redis
internal import ServiceLifecycle
internal import Synchronization

/// Sends parts to streams. What waits for the same stream goes in one entry, and all that waits goes in one pipeline:
/// a lone part leaves at once, and under load entries grow by themselves.
package final class BusSender: Service {
    /// Parts and commands that may wait. Past it `post` refuses.
    package static let waitingMax = 50_000
    /// Bytes of payloads and commands that may wait, and that go in one pipeline.
    package static let waitingBytesMax = 32 << 20
    private static let pipelineBytesMax = 4 << 20

    private struct Heading: Hashable {
        var stream: String
        var kind: MessageKind
        var epoch: UInt64
    }

    private struct Waiting {
        var order: [Heading] = []
        var parts: [Heading: [Part]] = [:]
        var commands: [RedisCommand] = []
        var count = 0
        var bytes = 0
    }

    package let instance: String
    private let redis: RedisClient
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    private let doorbell = Doorbell()

    package init(redis: RedisClient, instance: String, logger: Logger) {
        self.redis = redis
        self.instance = instance
        self.logger = logger
    }

    /// Puts a part in line. False: the line is full and nothing was taken.
    @discardableResult
    package func post(_ kind: MessageKind, _ part: Part, to stream: String, epoch: UInt64 = 0) -> Bool {
        let taken = waiting.withLock { waiting in
            guard waiting.count < Self.waitingMax, waiting.bytes + part.payload.count <= Self.waitingBytesMax else {
                return false
            }
            waiting.bytes += part.payload.count
            let heading = Heading(stream: stream, kind: kind, epoch: epoch)
            if waiting.parts[heading]?.append(part) == nil {
                waiting.parts[heading] = [part]
                waiting.order.append(heading)
            }
            waiting.count += 1
            return true
        }
        if taken { doorbell.ring() }
        return taken
    }

    /// Puts commands in line that go after all parts posted so far: acknowledgements of what those parts answer.
    @discardableResult
    package func post(_ commands: [RedisCommand]) -> Bool {
        let bytes = commands.reduce(0) { $0 + $1.encodedSizeMax }
        let taken = waiting.withLock { waiting in
            guard waiting.count + commands.count <= Self.waitingMax, waiting.bytes + bytes <= Self.waitingBytesMax
            else {
                return false
            }
            waiting.commands += commands
            waiting.count += commands.count
            waiting.bytes += bytes
            return true
        }
        if taken { doorbell.ring() }
        return taken
    }

    /// Runs until graceful shutdown, then sends what still waits. Start it before whatever posts, so that it stops after.
    package func run() async {
        await withGracefulShutdownHandler {
            while await doorbell.wait() { await flush() }
            await flush()
        } onGracefulShutdown: {
            self.doorbell.close()
        }
    }

    private func flush() async {
        let batch = waiting.withLock { waiting in
            defer { waiting = Waiting() }
            return waiting
        }
        var commands: [RedisCommand] = []
        var bytes = 0
        for heading in batch.order {
            for envelope in envelopes(heading, batch.parts[heading] ?? []) {
                commands.append(command(for: envelope, to: heading.stream))
                bytes += envelope.parts.reduce(0) { $0 + $1.payload.count }
                guard bytes >= Self.pipelineBytesMax else { continue }
                await send(commands)
                (commands, bytes) = ([], 0)
            }
        }
        for command in batch.commands {
            commands.append(command)
            bytes += command.encodedSizeMax
            guard bytes >= Self.pipelineBytesMax else { continue }
            await send(commands)
            (commands, bytes) = ([], 0)
        }
        if !commands.isEmpty { await send(commands) }
    }

    private func command(for envelope: Envelope, to stream: String) -> RedisCommand {
        .xadd(stream, envelope.fields, maxLength: StreamBounds.entriesMax(of: stream))
    }

    /// Cuts parts into entries within the bounds of one entry.
    private func envelopes(_ heading: Heading, _ parts: [Part]) -> [Envelope] {
        var envelopes: [Envelope] = []
        var current: [Part] = []
        var bytes = 0
        func close() {
            guard !current.isEmpty else { return }
            envelopes.append(Envelope(kind: heading.kind, from: instance, epoch: heading.epoch, parts: current))
            current = []
            bytes = 0
        }
        for part in parts {
            if current.count == StreamBounds.partsPerEntryMax || bytes + part.payload.count > StreamBounds.entryBytesMax
            {
                close()
            }
            current.append(part)
            bytes += part.payload.count
        }
        close()
        return envelopes
    }

    /// Tries twice: what arrives twice does no harm. What is lost then is found by its asker's deadline.
    private func send(_ commands: [RedisCommand]) async {
        for attempt in 1...2 {
            do {
                for case .error(let message) in try await redis.pipeline(commands) {
                    logger.warning("Redis refused a message", metadata: ["error": "\(message)"])
                }
                return
            } catch {
                logger.warning(
                    "Messages not sent",
                    metadata: ["error": "\(error)", "commands": "\(commands.count)", "attempt": "\(attempt)"])
            }
        }
    }
}
