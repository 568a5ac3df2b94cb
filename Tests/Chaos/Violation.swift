package import ListCRDT

/// What the checker found to be wrong with a history.
package enum Violation: Hashable, Sendable, CustomStringConvertible {
    /// Acknowledged edits that are on fewer than two home shards, or that a device lacks.
    case lost(Context, holder: String)
    /// Acknowledged edits that one home shard lacks: nothing is lost, and nothing has mended it.
    case behind(Context, holder: String)
    /// A copy knows operations that nobody made.
    case invented(Context, holder: String)
    /// A copy has exactly the operations that were made, and something else came of them.
    case differs(holder: String)
    /// An item that nobody removed, or that was edited by someone who had not seen its removal, is not there.
    case vanished(EntryKey, holder: String)
    /// An item is there though whoever removed it had seen all that was done to it.
    case cameBack(EntryKey, holder: String)
    /// An item shows what no edit, or only one that was overwritten, made of it.
    case wrongValue(EntryKey, String, holder: String)
    case ownWriteUnseen(String, Context)
    case readWentBack(String, Context)
    /// An answer's context names operations that its delta did not bring.
    case claimedNotDelivered(String, Context)
    /// An honest device was refused for good.
    case refused(String)
    case unsettled(String)

    package var description: String {
        switch self {
        case .lost(let dots, let holder): "lost: \(words(dots)) \(holder)"
        case .behind(let dots, let holder): "behind: \(holder) lacks \(words(dots))"
        case .invented(let dots, let holder): "invented: \(holder) has \(words(dots))"
        case .differs(let holder): "differs: \(holder) has the same operations and other bytes"
        case .vanished(let key, let holder): "vanished: \(key.id.hex) is not on \(holder)"
        case .cameBack(let key, let holder): "came back: \(key.id.hex) is on \(holder)"
        case .wrongValue(let key, let what, let holder): "wrong value: \(key.id.hex) on \(holder): \(what)"
        case .ownWriteUnseen(let session, let dots): "own write unseen: \(session) was not shown \(words(dots)) again"
        case .readWentBack(let session, let dots): "read went back: \(session) was not shown \(words(dots)) again"
        case .claimedNotDelivered(let session, let dots): "claimed, not delivered: \(session), \(words(dots))"
        case .refused(let what): "refused: \(what)"
        case .unsettled(let what): "not settled: \(what)"
        }
    }

    /// `lost`, `came back`, …
    package var kind: String { description.split(separator: ":").first.map(String.init) ?? "" }

    /// The acknowledged edits that it says are lost.
    package var lost: Context { if case .lost(let dots, _) = self { dots } else { Context() } }
}

/// `4f3a1b2c:7-9 …`, the first few.
private func words(_ dots: Context) -> String {
    let ranges = dots.ranges.prefix(3).map { "\($0.hex.prefix(8)):\($1.lowerBound)-\($1.upperBound)" }
    return "\(dots.dotCount) operations (\(ranges.joined(separator: " ")))"
}
