import GatewayAPI
import ListCRDT
import Messages
import Synchronization

/// A ring in memory: every write is committed at once, unless a test says otherwise.
final class MemoryRing: Ring {
    private struct Kept {
        var document: Document
        var log: [LoggedOperation] = []
    }

    private struct State {
        var kept: [DocumentID: Kept] = [:]
        var unreachable: Set<DocumentID> = []
        var unwritable: Set<DocumentID> = []
        var reads: [ReadPayload] = []
        var submissions: [Submission] = []
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())

    var reads: [ReadPayload] { state.withLock { $0.reads } }
    var submissions: [Submission] { state.withLock { $0.submissions } }

    func document(_ id: DocumentID) -> Document? { state.withLock { $0.kept[id]?.document } }

    func isReachable(_ id: DocumentID, _ reachable: Bool) {
        state.withLock { state in
            if reachable { state.unreachable.remove(id) } else { state.unreachable.insert(id) }
        }
    }

    func isWritable(_ id: DocumentID, _ writable: Bool) {
        state.withLock { state in
            if writable { state.unwritable.remove(id) } else { state.unwritable.insert(id) }
        }
    }

    func forgetCounts() {
        state.withLock { state in
            state.reads = []
            state.submissions = []
        }
    }

    func read(_ id: DocumentID, _ question: ReadPayload, trace: UInt64) async -> ReadResult {
        state.withLock { state in
            state.reads.append(question)
            if state.unreachable.contains(id) { return ReadResult(.unreachable) }
            guard let kept = state.kept[id] else { return ReadResult(.found) }
            guard kept.document.kind == question.kind else { return ReadResult(.refused) }
            return Self.answer(kept, question.what)
        }
    }

    private static func answer(_ kept: Kept, _ what: ReadPayload.What) -> ReadResult {
        let context = kept.document.context
        switch what {
        case .context: return ReadResult(.found, context: context)
        case .missing(let since): return ReadResult(.found, context: context, delta: kept.document.delta(since: since))
        case .operations: return ReadResult(.refused)
        case .access: return ReadResult(.found, context: context, delta: part(kept.document, []))
        case .entries(let keys): return ReadResult(.found, context: context, delta: part(kept.document, keys))
        case .history(let limit):
            return ReadResult(
                .found, context: context, delta: part(kept.document, []),
                operations: Array(kept.log.reversed().prefix(limit)))
        }
    }

    private static func part(_ document: Document, _ keys: [EntryKey]) -> Delta {
        let wanted = document.entries.filter {
            $0.key.collection == .head || $0.key.collection == .members || keys.contains($0.key)
        }
        return Delta(
            kind: document.kind,
            entries: wanted.map { ($0.key, EntryDelta(covered: Context(), versions: $0.value.versions)) })
    }

    func write(_ submission: Submission, then: @escaping @Sendable ([WriteResult]) -> Void) {
        then(written(submission))
    }

    private func written(_ submission: Submission) -> [WriteResult] {
        state.withLock { state in
            state.submissions.append(submission)
            return submission.writes.map { write in
                guard !state.unwritable.contains(write.document), !state.unreachable.contains(write.document) else {
                    return WriteResult(.unconfirmed)
                }
                state.clock += 1
                var kept = state.kept[write.document] ?? Kept(document: Document(kind: write.delta.kind))
                kept.document.merge(write.delta)
                kept.log += LoggedOperation.operations(
                    of: submission.replica, in: write.delta, author: submission.author, atMilliseconds: state.clock)
                state.kept[write.document] = kept
                return WriteResult(.committed, context: kept.document.context)
            }
        }
    }
}
