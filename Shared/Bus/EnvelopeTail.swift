internal import ListCRDT
package import Logging
package import Messages
package import Redis

/// Reads this instance's own reply stream from its beginning: an answer may be there before the reader. What an earlier life under the
/// same name left is nobody's, for ids are drawn anew.
package struct EnvelopeTail: Sendable {
    private let tail: StreamTail
    private let decoder: EnvelopeDecoder

    package init(redis: RedisClient, instance: String, sender: BusSender, logger: Logger) {
        tail = StreamTail(redis, stream: Keys.reply(instance), from: .after("0-0"))
        decoder = EnvelopeDecoder(stream: Keys.reply(instance), sender: sender, logger: logger)
    }

    /// The next envelopes; nil when the service stops.
    package func next() async -> [Envelope]? {
        while true {
            do {
                return try await tail.next().map { entries in entries.compactMap { decoder.envelope($0) } }
            } catch {
                decoder.logger.error("The reply stream cannot be read", metadata: ["error": "\(error)"])
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return nil }
            }
        }
    }
}

/// Turns entries into envelopes. What cannot be decoded is set aside in `larder:dead` and stops nobody.
package struct EnvelopeDecoder: Sendable {
    let stream: String
    let sender: BusSender
    let logger: Logger

    package init(stream: String, sender: BusSender, logger: Logger) {
        self.stream = stream
        self.sender = sender
        self.logger = logger
    }

    package func envelope(_ entry: StreamEntry) -> Envelope? {
        do throws(DecodingFailure) { return try Envelope(entry) } catch {
            logger.warning("An entry cannot be decoded", metadata: ["stream": "\(stream)", "entry": "\(entry.id)"])
            let fields = [
                ("stream", RedisArgument.string(stream)), ("entry", .string(entry.id)), ("why", .string("\(error)")),
            ]
            sender.post([
                .xadd(
                    Keys.dead, fields + entry.fields.map { ($0.name, .bytes($0.value)) },
                    maxLength: StreamBounds.deadEntriesMax)
            ])
            return nil
        }
    }
}
