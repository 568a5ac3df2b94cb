package import ListCRDT
package import SyncProtocol

/// What a request said about one document, as its answer has to be read.
package struct SentPart: Hashable, Sendable {
    /// The highest counter of this replica that had been acknowledged.
    package var acknowledgedCounter: UInt64
    /// The whole document was asked for.
    package var replaying: Bool
    /// The highest counter that was pushed; 0: it only asked.
    package var pushedThrough: UInt64

    package init(acknowledgedCounter: UInt64, replaying: Bool = false, pushedThrough: UInt64 = 0) {
        self.acknowledgedCounter = acknowledgedCounter
        self.replaying = replaying
        self.pushedThrough = pushedThrough
    }
}

/// What an answer about one document means for the device. Pure.
package enum SyncConsequence: Hashable, Sendable {
    /// The server knows operations of this replica that were not acknowledged here: take the whole document, and see
    /// whose they are.
    case findOut
    case join(Delta)
    /// These dots are durable on two of three shards.
    case acknowledge(Context)
    /// The whole document, in answer to a replay; nil: the server has nothing of it.
    case replace(Delta?)
    /// Stamps ran ahead: correct the clock, take the whole document, stamp anew.
    case restamp
    /// What waits is not wanted: keep it aside where its author sees it, and take the whole document.
    case setAside(SyncStatus)
    case note(SyncStatus)

    package static func read(_ answer: SyncResponse.Part, of sent: SentPart) -> [SyncConsequence] {
        let unknown = answer.knownCounter > sent.acknowledgedCounter || answer.status == .staleReplica
        if unknown, !sent.replaying { return [.findOut] }
        let acknowledged = SyncConsequence.acknowledge(answer.context)
        switch answer.status {
        case .ok where sent.replaying, .gone where sent.replaying && answer.context.isEmpty:
            return [.replace(answer.delta), acknowledged]
        case .ok:
            return (answer.delta.map { [.join($0)] } ?? []) + [acknowledged]
        case .notConfirmed, .staleReplica:
            return []
        case .clockAhead:
            return [.restamp]
        case .forbidden, .gone, .invalid:
            return sent.pushedThrough > 0 || sent.replaying ? [.setAside(answer.status)] : [.note(answer.status)]
        }
    }
}
