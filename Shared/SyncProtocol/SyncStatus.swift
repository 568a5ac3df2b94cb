/// What became of one document in a sync.
package enum SyncStatus: UInt8, Sendable, CaseIterable {
    /// What was pushed is durable on two of three shards, and `delta` is what the device lacked.
    case ok = 0
    /// The person may not do this. Nothing of the push was joined.
    case forbidden = 1
    /// There is no such document, and the push does not found one.
    case gone = 2
    /// A stamp lies more than a minute ahead of the server. Nothing was joined: stamp it anew by the server's time.
    case clockAhead = 3
    /// Two of three shards did not confirm in time. It may have happened: keep it and send it again.
    case notConfirmed = 4
    /// The push breaks a rule or a limit, and will whenever it is sent. Nothing was joined.
    case invalid = 5
    /// The server knows operations of the sender that were never acknowledged to it: see `SyncRequest.Part.isStale`.
    /// Nothing was joined.
    case staleReplica = 6

    /// The name in JSON and in logs.
    package var name: String {
        switch self {
        case .ok: "ok"
        case .forbidden: "forbidden"
        case .gone: "gone"
        case .clockAhead: "clock_ahead"
        case .notConfirmed: "not_confirmed"
        case .invalid: "invalid"
        case .staleReplica: "stale_replica"
        }
    }

    package init?(name: String) {
        guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = status
    }
}
