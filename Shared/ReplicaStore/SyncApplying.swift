internal import GRDB
internal import ListCRDT
internal import ReplicaCore
internal import SyncProtocol

/// The server's clock against this device's, as an answer arrives. Milliseconds since 1970.
struct ClockReading {
    /// Beyond this the device's clock is taken to be wrong.
    static let toleranceMilliseconds: UInt64 = 30_000

    var server: UInt64
    /// When the request was made, by the device's clock.
    var asked: UInt64
    var device: UInt64

    var areTogether: Bool { max(server, device) - min(server, device) < Self.toleranceMilliseconds }

    /// Whether the answer was so short on its way that it tells the time.
    var isFresh: Bool { asked <= device && device - asked < Self.toleranceMilliseconds }
}

extension Pen {
    /// Carries out what an answer about one document means, and says what is left to do about it.
    ///
    /// - Parameter replica: as whom the request was sent. When this device has taken a new id since, only what holds
    ///   for any replica is carried out.
    mutating func apply(
        _ answer: SyncResponse.Part, of sent: SentPart, from replica: ReplicaID, clocks: ClockReading
    ) throws -> SyncMachine.Verdict {
        let before = try pendingSize(of: answer.id).operations
        for consequence in SyncConsequence.read(answer, of: sent) {
            switch consequence {
            case .join(let delta): try join(delta, into: answer.id)
            case .acknowledge(let context): try acknowledge(context, in: answer.id, of: sent, from: replica, clocks)
            case _ where replica != device.replica: break
            case .findOut: try change(answer.id) { $0.replay = .findingOut }
            case .replace(let delta): try replay(answer.id, whole: delta)
            case .restamp: try restamp(answer.id, clocks)
            case .setAside(let status): try setAside(answer.id, status)
            case .note(let status): try change(answer.id) { $0.trouble = status }
            }
        }
        if replica != device.replica { return try work(on: answer.id).map { .more($0) } ?? .settled }
        return try verdict(on: answer, of: sent, before: before)
    }

    private mutating func verdict(
        on answer: SyncResponse.Part, of sent: SentPart, before: Int
    ) throws -> SyncMachine.Verdict {
        guard let work = try work(on: answer.id), let row = try row(answer.id) else { return .settled }
        if answer.status == .notConfirmed { return .unconfirmed(work) }
        let fruitless = sent.pushedThrough > 0 && answer.status == .ok && work.operations >= before && row.replay == nil
        if fruitless { return .unconfirmed(work) }
        if row.trouble != nil { return sent.replaying || row.replay == nil ? .settled : .more(work) }
        return work.operations > 0 || row.replay != nil ? .more(work) : .settled
    }

    private mutating func acknowledge(
        _ context: Context, in id: DocumentID, of sent: SentPart, from replica: ReplicaID, _ clocks: ClockReading
    ) throws {
        var confirmed = 0
        let pushed = sent.pushedThrough > 0 ? try pending(of: id) : []
        for operation in pushed
        where operation.dot.replica == replica && operation.dot.counter <= sent.pushedThrough
            && context.contains(operation.dot)
        {
            try delete(operation)
            confirmed += 1
        }
        try count(acknowledged: confirmed)
        try change(id) {
            $0.acknowledged = context
            $0.trouble = nil
        }
        // What is done offline later is stamped by the right time, whatever the device takes it to be.
        if clocks.areTogether {
            device.clockOffset = 0
        } else if clocks.isFresh {
            device.clockOffset = Int64(clamping: clocks.server) - Int64(clamping: clocks.device)
        }
    }

    func count(acknowledged: Int) throws {
        guard acknowledged > 0 else { return }
        try db.run("UPDATE device SET acknowledged = acknowledged + ?", [acknowledged])
    }

    private mutating func restamp(_ id: DocumentID, _ clocks: ClockReading) throws {
        correctClock(server: clocks.server, wallClock: clocks.device)
        try change(id) { $0.replay = .restamping }
    }

    /// Takes what waits out of the document and keeps it where its author can see it.
    private mutating func setAside(_ id: DocumentID, _ status: SyncStatus) throws {
        try db.run(
            """
            INSERT INTO setAside (document, collection, entry, name, intent, at, status)
            SELECT operation.document, operation.collection, operation.entry, entry.name, intent, at, ?
            FROM operation LEFT JOIN entry ON entry.document = operation.document
                AND entry.collection = operation.collection AND entry.id = operation.entry
            WHERE operation.document = ? ORDER BY sequence
            """, [status.rawValue, id.blob])
        try db.run("DELETE FROM operation WHERE document = ?", [id.blob])
        try change(id) {
            $0.trouble = status
            $0.replay = .afresh
        }
    }
}
