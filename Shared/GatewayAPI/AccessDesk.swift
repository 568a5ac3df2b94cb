package import ListCRDT
internal import Messages
internal import Observability
internal import Synchronization

/// Knows who may do what with a document: from memory for a short time, from the ring otherwise. Those who ask for the
/// same document at once share one read.
package final class AccessDesk: Sendable {
    private final class Flight: Sendable {
        let landing = OneShot<AccessLookup>()
    }

    private struct Question: Hashable {
        var id: DocumentID
        var kind: DocumentKind
    }

    private struct State {
        var table = AccessTable()
        var flights: [Question: Flight] = [:]
    }

    private let ring: any Ring
    private let now: @Sendable () -> UInt64
    private let state = Mutex(State())

    package init(ring: any Ring, now: @escaping @Sendable () -> UInt64) {
        self.ring = ring
        self.now = now
    }

    /// From memory alone.
    package func known(_ id: DocumentID, _ kind: DocumentKind) -> Access? {
        state.withLock { $0.table.value(of: id, kind, now: now()) }
    }

    /// - Parameter anew: what is known, or is being read already, will not do.
    package func lookup(
        _ id: DocumentID, _ kind: DocumentKind, anew: Bool = false, trace: UInt64
    ) async -> AccessLookup {
        let start = now()
        if !anew, let known = state.withLock({ $0.table.value(of: id, kind, now: start) }) { return .found(known) }
        let question = Question(id: id, kind: kind)
        let own = Flight()
        let flight = state.withLock { state -> Flight in
            if !anew, let other = state.flights[question] { return other }
            state.flights[question] = own
            return own
        }
        guard flight === own else { return (try? await flight.landing.value()) ?? .unreachable }
        let answer = await ring.read(id, ReadPayload(kind, .access), trace: trace)
        let lookup = AccessLookup(answer, kind, askedAt: start)
        land(own, question, lookup)
        return lookup
    }

    /// What was forgotten while it was being read is told to those who asked before, and not kept.
    private func land(_ flight: Flight, _ question: Question, _ lookup: AccessLookup) {
        state.withLock { state in
            guard state.flights[question] === flight else { return }
            state.flights[question] = nil
            if case .found(let access) = lookup { state.table.insert(access, for: question.id, now: now()) }
        }
        flight.landing.settle(.success(lookup))
    }

    /// Head or members have changed, or may have.
    package func forget(_ id: DocumentID) {
        state.withLock { state in
            state.table.forget(id)
            for kind in DocumentKind.allCases { state.flights[Question(id: id, kind: kind)] = nil }
        }
    }

    package func forgetAll() {
        state.withLock { state in
            state.table.forgetAll()
            state.flights = [:]
        }
    }

    package func learn(_ context: Context, of id: DocumentID) { state.withLock { $0.table.learn(context, of: id) } }

    package func confirm(_ id: DocumentID, _ context: Context, pushed delta: Delta, sentAt: UInt64) {
        guard !delta.touches(.head), !delta.touches(.members) else { return forget(id) }
        state.withLock { $0.table.confirm(id, context, pushed: delta.context, sentAt: sentAt) }
    }
}
