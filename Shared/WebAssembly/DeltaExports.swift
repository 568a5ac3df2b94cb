import ListCRDT

// About deltas, contexts and positions.

/// What a delta is about: `1 if it has loose dots · latest stamp's time or 0 · n × key · n × replica: 8 bytes`.
@_expose(wasm, "larder_delta_subjects") @_cdecl("larder_delta_subjects")
func deltaSubjects(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer { () throws(CallFailure) in
        let delta = try decoding { () throws(DecodingFailure) in try Delta(decoding: array(start, count)) }
        var writer = ByteWriter()
        writer.byte(delta.loose.isEmpty ? 0 : 1)
        writer.varint(delta.latestStamp?.time ?? 0)
        writer.varint(UInt64(delta.entries.count))
        for entry in delta.entries { writer.key(entry.key) }
        var replicas: [ReplicaID] = []
        for (replica, _) in delta.context.ranges where replicas.last != replica { replicas.append(replica) }
        writer.varint(UInt64(replicas.count))
        for replica in replicas { writer.fixed64(replica.rawValue) }
        return writer.bytes
    }
}

/// Joins encoded deltas of one document into one: `n × delta: bytes`.
@_expose(wasm, "larder_delta_join") @_cdecl("larder_delta_join")
func deltaJoin(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer { () throws(CallFailure) in
        try decoding { () throws(DecodingFailure) in
            var reader = ByteReader(array(start, count))
            return try reader.deltas().encoded()
        }
    }
}

/// How many of the replica's operations a delta speaks for.
@_expose(wasm, "larder_delta_weight") @_cdecl("larder_delta_weight")
func deltaWeight(_ start: UnsafeRawPointer, _ count: Int32, _ replica: Int64) -> Int32 {
    number { () throws(CallFailure) in
        let delta = try decoding { () throws(DecodingFailure) in try Delta(decoding: array(start, count)) }
        return Int32(clamping: delta.operationCount(of: ReplicaID(rawValue: UInt64(bitPattern: replica))))
    }
}

/// The highest counter of a replica in a context; -1: the context cannot be decoded.
@_expose(wasm, "larder_context_highest") @_cdecl("larder_context_highest")
func contextHighest(_ start: UnsafeRawPointer, _ count: Int32, _ replica: Int64) -> Int64 {
    guard let context = try? Context(decoding: array(start, count)) else { return -1 }
    return Int64(clamping: context.highest(of: ReplicaID(rawValue: UInt64(bitPattern: replica))))
}

/// Whether a context holds dots, `n × (replica: 8 bytes · counter)`: a byte each, 1 or 0.
@_expose(wasm, "larder_context_holds") @_cdecl("larder_context_holds")
func contextHolds(
    _ start: UnsafeRawPointer, _ count: Int32, _ dotsStart: UnsafeRawPointer, _ dotsCount: Int32
) -> Int32 {
    answer { () throws(CallFailure) in
        try decoding { () throws(DecodingFailure) in
            let context = try Context(decoding: array(start, count))
            var reader = ByteReader(array(dotsStart, dotsCount))
            var held: [UInt8] = []
            for _ in 0..<(try reader.count()) { held.append(context.contains(try reader.dot()) ? 1 : 0) }
            return held
        }
    }
}

/// Whether a context holds all of another: 1 or 0.
@_expose(wasm, "larder_context_covers") @_cdecl("larder_context_covers")
func contextCovers(
    _ start: UnsafeRawPointer, _ count: Int32, _ otherStart: UnsafeRawPointer, _ otherCount: Int32
) -> Int32 {
    number { () throws(CallFailure) in
        try decoding { () throws(DecodingFailure) in
            let other = try Context(decoding: array(otherStart, otherCount))
            return other.isSubset(of: try Context(decoding: array(start, count))) ? 1 : 0
        }
    }
}

/// A position between two; no bytes mean the beginning and the end.
@_expose(wasm, "larder_position_between") @_cdecl("larder_position_between")
func positionBetween(
    _ left: UnsafeRawPointer, _ leftCount: Int32, _ right: UnsafeRawPointer, _ rightCount: Int32,
    _ replica: Int64, _ counter: Int64
) -> Int32 {
    let dot = Dot(ReplicaID(rawValue: UInt64(bitPattern: replica)), UInt64(clamping: counter))
    let right = rightCount > 0 ? array(right, rightCount) : nil
    return memory.giveBack(Position.between(array(left, leftCount), right, dot: dot))
}
