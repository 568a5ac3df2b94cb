import ListCRDT

/// Plays a history and writes down each step of it and what comes of it.
struct VectorRecorder {
    private(set) var history: Vectors.History
    private(set) var deltas: [Delta] = []
    private(set) var documents: [ReplicaID: Document] = [:]
    private var minted: [ReplicaID: UInt64] = [:]
    private let kind: DocumentKind
    private var now: UInt64 = 1_760_000_000_000

    init(_ name: String, kind: DocumentKind = .list, replicas: [ReplicaID]) {
        self.kind = kind
        history = Vectors.History(name: name, kind: kind.rawValue, replicas: replicas.map(\.hex))
        for replica in replicas { documents[replica] = Document(kind: kind) }
    }

    func nextDot(_ replica: ReplicaID) -> Dot {
        Dot(replica, minted[replica, default: 0] + 1)
    }

    /// Without `changes` it removes.
    mutating func operate(
        _ replica: ReplicaID, _ key: EntryKey, _ changes: [FieldChange]?, counter: UInt64? = nil, time: UInt64? = nil
    ) {
        now += 1
        let dot = counter.map { Dot(replica, $0) } ?? nextDot(replica)
        minted[replica] = dot.counter
        let stamp = Stamp(time: time ?? now << 16, replica: replica)
        var document = documents[replica] ?? Document(kind: kind)
        let delta = changes.map { document.edit(key, $0, dot: dot, stamp: stamp) } ?? document.remove(key, dot: dot)
        documents[replica] = document
        deltas.append(delta)
        let operation = Vectors.Operation(
            collection: key.collection.rawValue, id: key.id.hex, replica: replica.hex, counter: String(dot.counter),
            time: String(stamp.time), changes: changes?.map { Vectors.Change($0) })
        history.steps.append(Vectors.Step(operation: operation, delta: hex(delta.encoded())))
    }

    mutating func receive(_ replica: ReplicaID, _ index: Int) {
        documents[replica]?.merge(deltas[index])
        history.steps.append(Vectors.Step(receive: Vectors.Receipt(replica: replica.hex, delta: index)))
    }

    func finished() -> Vectors.History {
        var whole = Document(kind: kind)
        for delta in deltas { whole.merge(delta) }
        var history = history
        history.joined = hex(whole.encoded())
        history.context = hex(whole.context.encoded())
        history.list = Vectors.List(whole.list)
        return history
    }
}
