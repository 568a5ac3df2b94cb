import ListCRDT
import Messages
import Synchronization

/// One document of one push, on its way.
struct Push: Sendable {
    let id: UInt64
    let document: DocumentID
    let delta: Delta
    let operations: [LoggedOperation]
    let from: String
    let author: UserID
    let username: String
    let atMilliseconds: UInt64
    let deadlineMilliseconds: UInt64
    let trace: UInt64
    let countdown: Countdown
}

/// The pushes of a batch by document, in the order of their arrival.
struct PushGroups {
    private struct Key: Hashable {
        var document: DocumentID
        var kind: DocumentKind
    }

    private(set) var groups: [[Push]] = []
    private var places: [Key: Int] = [:]

    mutating func add(_ job: SyncJob, countdown: Countdown) {
        for push in job.pushes {
            let operations = LoggedOperation.operations(
                of: job.replica, in: push.delta, author: job.author, atMilliseconds: job.atMilliseconds)
            add(
                Push(
                    id: push.id, document: push.document, delta: push.delta, operations: operations, from: job.from,
                    author: job.author, username: job.username, atMilliseconds: job.atMilliseconds,
                    deadlineMilliseconds: job.deadlineMilliseconds, trace: job.trace, countdown: countdown))
        }
    }

    private mutating func add(_ push: Push) {
        let key = Key(document: push.document, kind: push.delta.kind)
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
