import ListCRDT
import Messages
import Synchronization

/// A push on its way.
struct Push: Sendable {
    let job: SyncJob.Push
    let from: String
    let delta: Delta
    let countdown: Countdown

    var operations: [LoggedOperation] {
        LoggedOperation.operations(of: job.replica, in: delta, author: job.author, atMilliseconds: job.atMilliseconds)
    }
}

/// The pushes of a batch by document, in the order of their arrival. Those of one document are one write, up to so many bytes.
struct PushGroups {
    /// Delta bytes of one write; one push may be larger.
    private static let bytesMax = 1 << 20

    private struct Key: Hashable {
        var document: DocumentID
        var kind: DocumentKind
    }

    private(set) var groups: [[Push]] = []
    /// The group of each document that still takes more, and its bytes.
    private var places: [Key: (group: Int, bytes: Int)] = [:]

    mutating func add(_ push: Push) {
        let key = Key(document: push.job.document, kind: push.delta.kind)
        let bytes = push.job.delta.count
        if let place = places[key], place.bytes + bytes <= Self.bytesMax {
            groups[place.group].append(push)
            places[key]?.bytes += bytes
        } else {
            places[key] = (groups.count, bytes)
            groups.append([push])
        }
    }
}

/// Runs `atZero` at the last of so many ticks.
final class Countdown: Sendable {
    private let left: Mutex<Int>
    private let atZero: @Sendable () -> Void

    init(_ count: Int, atZero: @escaping @Sendable () -> Void) {
        left = Mutex(count)
        self.atZero = atZero
    }

    func tick() {
        let isLast = left.withLock { left in
            left -= 1
            return left == 0
        }
        if isLast { atZero() }
    }
}
