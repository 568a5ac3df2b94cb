import ListCRDT
import Messages

/// What waits to be written to one device: answers in order, and for each followed document one change, into which later ones are joined
/// while the device does not read, and the last that is known of who has it open.
struct LivePending {
    /// Bytes that may wait, counted as they came in. Past it the device is disconnected and syncs.
    static let bytesMax = 2 << 20

    private struct Joined {
        var change: LiveChange
        var bytes: Int
    }

    private var texts: [String] = []
    private var changes: [DocumentID: Joined] = [:]
    private var order: [DocumentID] = []
    private var presence: [DocumentID: String] = [:]
    private var held: Set<DocumentID> = []
    private(set) var bytes = 0

    var isOverflowing: Bool { bytes > Self.bytesMax }

    mutating func add(_ text: String) {
        texts.append(text)
        bytes += text.utf8.count
    }

    /// `size`: the bytes it came in.
    mutating func add(_ change: LiveChange, size: Int) {
        bytes += size
        guard var joined = changes[change.document] else {
            changes[change.document] = Joined(change: change, bytes: size)
            order.append(change.document)
            return
        }
        joined.change.delta.merge(change.delta)
        joined.change.dots.formUnion(change.dots)
        joined.change.author = change.author
        joined.change.username = change.username
        joined.change.atMilliseconds = change.atMilliseconds
        joined.change.trace = change.trace
        joined.bytes += size
        changes[change.document] = joined
    }

    /// Takes the place of an earlier one that still waits.
    mutating func setPresence(_ document: DocumentID, _ text: String) {
        bytes += text.utf8.count - (presence.updateValue(text, forKey: document)?.utf8.count ?? 0)
    }

    func isHeld(_ document: DocumentID) -> Bool { held.contains(document) }

    /// What comes of this document stays until it is released or dropped.
    mutating func hold(_ document: DocumentID) { held.insert(document) }

    mutating func release(_ document: DocumentID) { held.remove(document) }

    mutating func drop(_ document: DocumentID) {
        held.remove(document)
        bytes -= presence.removeValue(forKey: document)?.utf8.count ?? 0
        guard let joined = changes.removeValue(forKey: document) else { return }
        bytes -= joined.bytes
        order.removeAll { $0 == document }
    }

    /// All that waits and is not held, as texts to write.
    mutating func take() -> [String] {
        let ready = order.filter { !held.contains($0) }.compactMap { changes.removeValue(forKey: $0) }
        order.removeAll { !held.contains($0) }
        let present = presence.sorted { $0.key < $1.key }.map(\.value)
        defer {
            (texts, presence) = ([], [:])
            bytes = changes.values.reduce(0) { $0 + $1.bytes }
        }
        return texts + ready.map { LiveFrames.change($0.change) } + present
    }
}
