import ListCRDT
import Messages

/// What waits to be written to one device: answers in order, and for each followed document one change, into which later ones are joined
/// while the device does not read.
struct LivePending {
    /// Bytes that may wait, counted as they came in. Past it the device is disconnected and syncs.
    static let bytesMax = 2 << 20

    private var texts: [String] = []
    private var changes: [DocumentID: LiveChange] = [:]
    private var order: [DocumentID] = []
    private(set) var bytes = 0

    var isOverflowing: Bool { bytes > Self.bytesMax }

    mutating func add(_ text: String) {
        texts.append(text)
        bytes += text.utf8.count
    }

    /// `size`: the bytes it came in.
    mutating func add(_ change: LiveChange, size: Int) {
        bytes += size
        guard var pending = changes[change.document] else {
            changes[change.document] = change
            order.append(change.document)
            return
        }
        pending.delta.merge(change.delta)
        pending.dots.formUnion(change.dots)
        pending.author = change.author
        pending.username = change.username
        pending.atMilliseconds = change.atMilliseconds
        pending.trace = change.trace
        changes[change.document] = pending
    }

    /// What waited apart comes behind what waits here.
    mutating func append(_ other: LivePending) {
        texts += other.texts
        for document in other.order { other.changes[document].map { add($0, size: 0) } }
        bytes += other.bytes
    }

    mutating func drop(_ document: DocumentID) {
        changes[document] = nil
        order.removeAll { $0 == document }
    }

    /// All that waits, as texts to write.
    mutating func take() -> [String] {
        defer { self = LivePending() }
        return texts + order.compactMap { changes[$0].map(LiveFrames.change) }
    }
}
