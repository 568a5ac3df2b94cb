import Bus
import ListCRDT
import Messages
import Metrics
import Redis
import ServiceLifecycle
import Synchronization
import ZeroMQ

/// What comes after the answers to those who wait: tells of what was committed (bridges by ZeroMQ, people and caches by streams) and has
/// the jobs finished. What was answered in one turn of the thread goes together.
final class Announcer: Service {
    private let sender: BusSender
    private let publisher: ZeroMQPublisher
    private let waiting = Mutex<[(push: Push, isCommitted: Bool)]>([])
    private let doorbell = Doorbell()
    private let dropped = Counter(label: "larder_live_dropped_total")
    private let untold = Counter(label: "larder_changes_untold_total")

    init(sender: BusSender, publisher: ZeroMQPublisher) {
        self.sender = sender
        self.publisher = publisher
    }

    func answered(_ push: Push, isCommitted: Bool) {
        waiting.withLock { $0.append((push, isCommitted)) }
        doorbell.ring()
    }

    /// Until graceful shutdown, and then what still waits.
    func run() async {
        await withGracefulShutdownHandler {
            while await doorbell.wait() {
                // The answers are being handed to the connection, which writes when its turn comes: behind both.
                await Task.yield()
                await Task.yield()
                tell()
            }
            tell()
        } onGracefulShutdown: {
            self.doorbell.close()
        }
    }

    private func tell() {
        let answered = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        announce(answered.filter(\.isCommitted).map(\.push))
        for (push, _) in answered { push.countdown.tick() }
    }

    private func announce(_ commits: [Push]) {
        guard !commits.isEmpty else { return }
        let changes = commits.map { push in
            LiveChange(
                document: push.job.document, author: push.job.author, username: push.job.username,
                atMilliseconds: push.job.atMilliseconds, trace: push.job.trace, delta: push.delta)
        }
        let taken = publisher.publish(
            all: zip(changes, commits).map { change, commit in change.frames(encodedDelta: commit.job.delta) })
        if taken < changes.count { dropped.increment(by: changes.count - taken) }
        // One by one: what there is no room for is counted, and costs the others nothing.
        for change in changes where !sender.post(commands(of: change)) { untold.increment() }
    }

    private func commands(of change: LiveChange) -> [RedisCommand] {
        let touches = ChangeWords.touches(change.delta)
        var commands: [RedisCommand] = [
            .xadd(
                Keys.changes,
                [
                    ("kind", "change"), ("document", .string(change.document.hex)), ("by", .string(change.username)),
                    ("what", .string(ChangeWords.describe(change.delta))), ("touches", .string(touches)),
                    ("dots", .string(describe(change.dots))), ("at", .string(String(change.atMilliseconds))),
                    ("trace", .string(hexDigits(change.trace))),
                ], maxLength: StreamBounds.changesEntriesMax)
        ]
        if change.delta.touches(.head) || change.delta.touches(.members) {
            commands.append(
                .xadd(
                    Keys.access,
                    [
                        ("kind", "access"), ("document", .string(change.document.hex)),
                        ("by", .string(change.username)), ("touches", .string(touches)),
                        ("trace", .string(hexDigits(change.trace))),
                    ], maxLength: StreamBounds.accessEntriesMax))
        }
        return commands
    }

    /// `4f3a…:7-9 …`: a replica's first digits and its counters.
    private func describe(_ dots: Context) -> String {
        dots.ranges.map { replica, range in
            let counters = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
            return "\(replica.hex.prefix(8)):\(counters)"
        }.joined(separator: " ")
    }
}
