internal import Messages
internal import Redis

/// What happens to the ring, for people: an entry in `larder:events` names what, who and how it stands.
package struct EventLog: Sendable {
    private let sender: BusSender

    package init(sender: BusSender) { self.sender = sender }

    /// Fields are plain words. Lost when Redis is away: the service's own log has them too.
    package func note(_ what: String, _ fields: [(String, String)] = []) {
        let named = [("kind", RedisArgument.string(what)), ("from", .string(sender.instance))]
        sender.post([
            .xadd(
                Keys.events, named + fields.map { ($0.0, .string($0.1)) }, maxLength: StreamBounds.eventsEntriesMax)
        ])
    }
}
