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

/// The pushes of a batch by document, in the order of their arrival.
struct PushGroups {
    private struct Key: Hashable {
        var document: DocumentID
        var kind: DocumentKind
    }

    private(set) var groups: [[Push]] = []
    private var places: [Key: Int] = [:]

    mutating func add(_ push: Push) {
        let key = Key(document: push.job.document, kind: push.delta.kind)
        if let place = places[key] {
            groups[place].append(push)
        } else {
            places[key] = groups.count
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
