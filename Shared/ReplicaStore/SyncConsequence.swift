package import ListCRDT
package import SyncProtocol

/// What a request said about one document, as its answer has to be read.
package struct SentPart: Hashable, Sendable {
    /// The highest counter of this replica that may have reached the server before.
    package var sentBefore: UInt64
    /// The whole document was asked for, to mint anew what was not acknowledged.
    package var replaying: Bool
    /// Operations that went along.
    package var pushed = 0

    package init(sentBefore: UInt64, replaying: Bool = false, pushed: Int = 0) {
        self.sentBefore = sentBefore
        self.replaying = replaying
        self.pushed = pushed
    }
}

/// What an answer about one document means for the device. Pure.
package enum SyncConsequence: Hashable, Sendable {
    /// The server has met another life of this replica: take a new id, and mint anew what was not acknowledged.
    case takeNewReplica
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
        if answer.knownCounter > sent.sentBefore { return [.takeNewReplica] }
        let acknowledged = SyncConsequence.acknowledge(answer.context)
        switch answer.status {
        case .ok where sent.replaying, .gone where sent.replaying && answer.context.isEmpty:
            return [.replace(answer.delta), acknowledged]
        case .ok:
            return (answer.delta.map { [.join($0)] } ?? []) + [acknowledged]
        case .notConfirmed:
            return []
        case .clockAhead:
            return [acknowledged, .restamp]
        case .forbidden, .gone, .invalid:
            return sent.pushed > 0 || sent.replaying ? [.setAside(answer.status)] : [.note(answer.status)]
        }
    }
}
