import ListCRDT
import Messages

/// What waits to be written to one device: answers in order, for each followed document one change a person, into which later ones are
/// joined while the device does not read, and the last that is known of who has it open.
struct LivePending {
    /// Bytes that may wait, counted as they came in. Past it the device is disconnected and syncs.
    static let bytesMax = 2 << 20

    private var texts: [String] = []
    private var changes = JoinedChanges()
    private var presence: [DocumentID: String] = [:]
    private var held: Set<DocumentID> = []
    /// Of texts and presence.
    private var textBytes = 0

    var bytes: Int { textBytes + changes.bytes }
    var isOverflowing: Bool { bytes > Self.bytesMax }

    mutating func add(_ text: String) {
        texts.append(text)
        textBytes += text.utf8.count
    }

    /// `size`: the bytes it came in.
    mutating func add(_ change: LiveChange, size: Int) {
        changes.add(change, size: size)
    }

    /// Takes the place of an earlier one that still waits.
    mutating func setPresence(_ document: DocumentID, _ text: String) {
        textBytes += text.utf8.count - (presence.updateValue(text, forKey: document)?.utf8.count ?? 0)
    }

    func isHeld(_ document: DocumentID) -> Bool { held.contains(document) }

    /// What comes of this document stays until it is released or dropped.
    mutating func hold(_ document: DocumentID) { held.insert(document) }

    mutating func release(_ document: DocumentID) { held.remove(document) }

    mutating func drop(_ document: DocumentID) {
        held.remove(document)
        textBytes -= presence.removeValue(forKey: document)?.utf8.count ?? 0
        changes.drop(document)
    }

    /// All that waits and is not held, as texts to write.
    mutating func take() -> [String] {
        let present = presence.sorted { $0.key < $1.key }.map(\.value)
        defer { (texts, presence, textBytes) = ([], [:], 0) }
        return texts + changes.take(except: held).map(LiveFrames.change) + present
    }
}
