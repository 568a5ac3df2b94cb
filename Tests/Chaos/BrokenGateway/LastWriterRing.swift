import GatewayAPI
import ListCRDT
import Messages
import Synchronization

/// Takes a list for one value that the last writer sets: of pushes that come while one to the same list is under way the last is
/// written, and the others, which it replaces, are answered as if they had been.
final class LastWriterRing: Ring {
    /// A list that is being written, and who comes next.
    private struct Line {
        var next: CheckedContinuation<Bool, Never>?
    }

    private let ring: any Ring
    private let lines = Mutex<[DocumentID: Line]>([:])

    init(_ ring: any Ring) { self.ring = ring }

    func read(_ document: DocumentID, _ question: ReadPayload, trace: UInt64) async -> ReadResult {
        await ring.read(document, question, trace: trace)
    }

    func write(_ submission: Submission, then: @escaping @Sendable ([WriteResult]) -> Void) {
        Task {
            var results: [WriteResult] = []
            for write in submission.writes { results.append(await self.write(write, of: submission)) }
            then(results)
        }
    }

    private func write(_ write: Submission.Write, of submission: Submission) async -> WriteResult {
        var alone = submission
        alone.writes = [write]
        // Heads and members are not the lists' content.
        guard write.delta.touches(.items) else { return await written(alone) }
        guard await isLast(write.document) else { return WriteResult(.committed, context: write.delta.context) }
        let result = await written(alone)
        leave(write.document)
        return result
    }

    private func written(_ submission: Submission) async -> WriteResult {
        await ring.write(submission).first ?? WriteResult(.unconfirmed)
    }

    /// Returns when it is one's turn to write, true; or when a later one has taken the place, false.
    private func isLast(_ document: DocumentID) async -> Bool {
        await withCheckedContinuation { continuation in
            let (told, turn) = lines.withLock { lines -> (CheckedContinuation<Bool, Never>?, Bool) in
                guard var line = lines[document] else {
                    lines[document] = Line()
                    return (continuation, true)
                }
                let replaced = line.next
                line.next = continuation
                lines[document] = line
                return (replaced, false)
            }
            told?.resume(returning: turn)
        }
    }

    private func leave(_ document: DocumentID) {
        let next = lines.withLock { lines in
            let next = lines[document]?.next
            lines[document] = next == nil ? nil : Line()
            return next
        }
        next?.resume(returning: true)
    }
}
