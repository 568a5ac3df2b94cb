package import ListCRDT
internal import Synchronization

/// One life of the gateway as a replica: mints the dots and stamps of edits that come through the JSON API.
package final class PenLife: Sendable {
    private struct State {
        var clock: HybridClock
        /// Counters are contiguous per document.
        var counters: [DocumentID: UInt64] = [:]
    }

    package let replica: ReplicaID
    private let state: Mutex<State>

    fileprivate init() {
        replica = ReplicaID(rawValue: .random(in: ReplicaID.ofServers))
        state = Mutex(State(clock: HybridClock(replica: replica)))
    }

    /// A new dot of the document and a stamp later than `seen`.
    ///
    /// - Parameter known: the highest counter of this life that the document is known to have; 0: none.
    func mint(on document: DocumentID, after seen: Stamp?, known: UInt64, now: UInt64) -> (dot: Dot, stamp: Stamp) {
        state.withLock { state in
            if let seen { state.clock.observe(seen) }
            let counter = max(state.counters[document, default: 0], known) &+ 1
            state.counters[document] = counter
            return (Dot(replica, counter), state.clock.next(now: now))
        }
    }

    fileprivate var documentCount: Int { state.withLock { $0.counters.count } }
}

extension ReplicaID {
    /// The upper half is for gateways: whoever syncs may not push as one of them.
    fileprivate static let ofServers: ClosedRange<UInt64> = (1 << 63)...(.max)

    package var isServers: Bool { Self.ofServers.contains(rawValue) }
}

/// The gateway's present life as a replica.
///
/// A replica must know all that it has ever counted: two takings of 1 that both write “1 in all” would be one. When a
/// write is left unconfirmed the gateway no longer knows, so it begins another life. So it does when it has written to
/// so many documents that remembering its counters would cost too much.
package final class Pen: Sendable {
    package static let documentsMax = 100_000

    private let life = Mutex(PenLife())

    package init() {}

    package func current() -> PenLife {
        life.withLock { life in
            if life.documentCount >= Self.documentsMax { life = PenLife() }
            return life
        }
    }

    /// Ends a life, unless that has happened already.
    package func end(_ ended: PenLife) {
        life.withLock { if $0 === ended { $0 = PenLife() } }
    }
}
