package import ListCRDT

/// One operation that waits for the server.
package struct PendingOperation: Hashable, Sendable {
    /// Its place in the outbox.
    package let sequence: Int64
    package let dot: Dot
    package let key: EntryKey
    package let intent: Intent
    package let delta: Delta
    /// In the form of `Stamp.time`.
    package let stampTime: UInt64
    /// When it was meant, by the clock of the device.
    package let atMilliseconds: UInt64

    package init(
        sequence: Int64, dot: Dot, key: EntryKey, intent: Intent, delta: Delta, stampTime: UInt64,
        atMilliseconds: UInt64
    ) {
        self.sequence = sequence
        self.dot = dot
        self.key = key
        self.intent = intent
        self.delta = delta
        self.stampTime = stampTime
        self.atMilliseconds = atMilliseconds
    }

    /// Whether it made its item: an item is called by the dot that made it.
    var makesItem: Bool { delta.kind == .list && key.collection == .items && key.id == EntryID(dot: dot) }
}
