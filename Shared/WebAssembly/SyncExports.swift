import ListCRDT
import ReplicaCore
import SyncProtocol

// About syncing: a request, what its answer means, and doing again what an answer says cannot stand.

/// A request: `replica: 8 bytes · n × (id: 16 bytes · kind: byte · context: bytes · n × delta: bytes · acknowledged
/// counter)`. No context: the whole document is wanted. No delta: it only asks.
@_expose(wasm, "larder_sync_request") @_cdecl("larder_sync_request")
func syncRequest(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer { () throws(CallFailure) in
        try decoding { () throws(DecodingFailure) in
            var reader = ByteReader(array(start, count))
            var request = SyncRequest(replica: ReplicaID(rawValue: try reader.fixed64()), documents: [])
            for _ in 0..<(try reader.count()) {
                let id = try reader.identifier()
                let kind = try reader.kind()
                let context = try reader.bytes()
                let delta = try reader.deltas()
                request.documents.append(
                    .init(
                        id: id, kind: kind, context: context.isEmpty ? Context() : try Context(decoding: context),
                        delta: delta.isEmpty ? nil : delta, acknowledgedCounter: try reader.varint()))
            }
            try reader.finish()
            return request.encoded()
        }
    }
}

/// Opens an answer and keeps it for the questions below: `server's milliseconds · n × (id: 16 bytes · status: byte)`.
@_expose(wasm, "larder_sync_response") @_cdecl("larder_sync_response")
func syncResponse(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer { () throws(CallFailure) in
        let bytes = array(start, count)
        memory.response = try decoding { () throws(DecodingFailure) in try SyncResponse(decoding: bytes) }
        var writer = ByteWriter()
        writer.varint(memory.response.serverTimeMilliseconds)
        writer.varint(UInt64(memory.response.documents.count))
        for part in memory.response.documents {
            writer.raw(part.id.bytes)
            writer.byte(part.status.rawValue)
        }
        return writer.bytes
    }
}

/// The context of the answer about one document.
@_expose(wasm, "larder_sync_context") @_cdecl("larder_sync_context")
func syncContext(_ index: Int32) -> Int32 {
    answer { () throws(CallFailure) in try part(index).context.encoded() }
}

/// The delta of the answer about one document; no bytes: it has none.
@_expose(wasm, "larder_sync_delta") @_cdecl("larder_sync_delta")
func syncDelta(_ index: Int32) -> Int32 {
    answer { () throws(CallFailure) in try part(index).delta?.encoded() ?? [] }
}

/// What the answer about one document means, in this order, a byte each: 1 find out, 2 join the delta, 3 acknowledge the
/// context, 4 replace by the delta, 5 restamp, 6 set aside, 7 note the status.
@_expose(wasm, "larder_sync_consequences") @_cdecl("larder_sync_consequences")
func syncConsequences(_ index: Int32, _ acknowledged: Int64, _ replaying: Int32, _ pushedThrough: Int64) -> Int32 {
    answer { () throws(CallFailure) in
        let sent = SentPart(
            acknowledgedCounter: UInt64(clamping: acknowledged), replaying: replaying != 0,
            pushedThrough: UInt64(clamping: pushedThrough))
        return SyncConsequence.read(try part(index), of: sent).map { consequence in
            switch consequence {
            case .findOut: 1
            case .join: 2
            case .acknowledge: 3
            case .replace: 4
            case .restamp: 5
            case .setAside: 6
            case .note: 7
            }
        }
    }
}

private func part(_ index: Int32) throws(CallFailure) -> SyncResponse.Part {
    guard memory.response.documents.indices.contains(Int(index)) else { throw .unknownHandle }
    return memory.response.documents[Int(index)]
}

/// Does again what the server does not have:
/// `reason: byte · kind: byte · acknowledged: bytes · counter · whole delta: bytes · replica: 8 bytes · spare: 8 bytes ·
/// the clock's latest time · now · n × operation`.
///
/// The answer: `1 if it takes the spare replica · latest time · n × sequence delivered · 0`, or instead of that 0
/// `1 · counter · context: bytes · n × (key · entry: bytes) · n × operation` where operations were done again.
@_expose(wasm, "larder_replay") @_cdecl("larder_replay")
func replay(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer { () throws(CallFailure) in
        try decoding { () throws(DecodingFailure) in
            var reader = ByteReader(array(start, count))
            guard let reason = Replay.Reason(rawValue: try reader.byte()) else { throw .malformed(.tag) }
            let kind = try reader.kind()
            let replay = Replay(
                reason, acknowledged: try Context(decoding: try reader.bytes()), counter: try reader.varint())
            let bytes = try reader.bytes()
            let whole = bytes.isEmpty ? Delta(kind: kind) : try Delta(decoding: bytes)
            var clock = HybridClock(replica: ReplicaID(rawValue: try reader.fixed64()))
            let spare = ReplicaID(rawValue: try reader.fixed64())
            clock.observe(Stamp(time: try reader.varint(), replica: clock.replica))
            let now = try reader.varint()
            var pending: [PendingOperation] = []
            for _ in 0..<(try reader.count()) { pending.append(try reader.operation()) }
            try reader.finish()
            let outcome = replay.outcome(of: pending, in: whole, clock: &clock, spare: spare, now: now)
            var writer = ByteWriter()
            writer.outcome(outcome, clock.next(now: 0).time)
            return writer.bytes
        }
    }
}

extension ByteWriter {
    fileprivate mutating func outcome(_ outcome: Replay.Outcome, _ latest: UInt64) {
        byte(outcome.takesNewReplica ? 1 : 0)
        varint(latest)
        varint(UInt64(outcome.delivered.count))
        for operation in outcome.delivered { varint(UInt64(bitPattern: operation.sequence)) }
        guard let redone = outcome.redone else { return byte(0) }
        byte(1)
        varint(redone.counter)
        bytes(redone.document.context.encoded())
        entries(of: redone.document)
        varint(UInt64(redone.operations.count))
        for each in redone.operations { operation(each) }
    }
}
