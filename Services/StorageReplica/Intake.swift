import Bus
import Messages
import Synchronization

/// A bounded line of envelopes between the task that takes in and the one that works off.
final class Intake: Sendable {
    struct Item: Sendable {
        var entry: String
        var envelope: Envelope

        /// Its parts, each with what the envelope says of all.
        var parts: [(from: String, epoch: UInt64, kind: MessageKind, part: Part)] {
            envelope.parts.map { (envelope.from, envelope.epoch, envelope.kind, $0) }
        }
    }

    private let capacity: Int
    private let waiting = Mutex<[Item]>([])
    private let filled = Doorbell()
    private let emptied = Doorbell()

    init(capacity: Int) { self.capacity = capacity }

    /// Waits while the line is full.
    func put(_ item: Item) async {
        while waiting.withLock({ $0.count >= capacity }) {
            guard await emptied.wait() else { return }
        }
        waiting.withLock { $0.append(item) }
        filled.ring()
    }

    /// All that waits, up to about so many parts; waits for the first. Nil: closed and worked off, or cancelled.
    func take(partsMax: Int) async -> [Item]? {
        while true {
            let items = waiting.withLock { Self.cut(&$0, partsMax) }
            if !items.isEmpty {
                emptied.ring()
                return items
            }
            guard await filled.wait() else {
                let rest = waiting.withLock { Self.cut(&$0, partsMax) }
                return rest.isEmpty ? nil : rest
            }
        }
    }

    func close() { filled.close() }

    private static func cut(_ waiting: inout [Item], _ partsMax: Int) -> [Item] {
        var parts = 0
        let count = waiting.prefix { item in
            defer { parts += item.envelope.parts.count }
            return parts < partsMax
        }.count
        defer { waiting.removeFirst(count) }
        return Array(waiting.prefix(count))
    }
}
