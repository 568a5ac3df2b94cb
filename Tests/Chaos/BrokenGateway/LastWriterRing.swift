import GatewayAPI
import ListCRDT
import Messages
import Synchronization

/// Takes a list for one value that the last writer sets: of pushes to a list that come within a moment the last is written, and the
/// others, which it replaces, are answered as if they had been.
final class LastWriterRing: Ring {
    private static let moment = Duration.milliseconds(30)

    private let ring: any Ring
    private let latest = Mutex<[DocumentID: Int]>([:])

    init(_ ring: any Ring) { self.ring = ring }

    func read(_ document: DocumentID, _ question: ReadPayload, trace: UInt64) async -> ReadResult {
        await ring.read(document, question, trace: trace)
    }

    func write(_ submission: Submission) async -> [WriteResult] {
        let turns = submission.writes.map { write in
            latest.withLock { latest in
                latest[write.document, default: 0] += 1
                return latest[write.document, default: 0]
            }
        }
        try? await Task.sleep(for: Self.moment)
        let wins = zip(submission.writes, turns).map { write, turn in
            // Heads and members are not the lists' content.
            latest.withLock { $0[write.document] == turn } || !write.delta.touches(.items)
        }
        var won = submission
        won.writes = zip(submission.writes, wins).filter(\.1).map(\.0)
        var results = won.writes.isEmpty ? [][...] : await ring.write(won)[...]
        return zip(submission.writes, wins).map { write, hasWon in
            guard hasWon else { return WriteResult(.committed, context: write.delta.context) }
            return results.popFirst() ?? WriteResult(.unconfirmed)
        }
    }
}
