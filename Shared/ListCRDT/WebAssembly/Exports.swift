// The functions that JavaScript calls. Bytes go in as a pointer and a length in the module's memory, from
// `larder_alloc`; bytes come back as a length, lying at `larder_result()` until the next call. Negative answers are
// `CallFailure` codes.

// guard: WebAssembly has one thread, and no export calls another
nonisolated(unsafe) private var memory = Memory()

@_expose(wasm, "larder_alloc") @_cdecl("larder_alloc")
func alloc(_ count: Int32) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer.allocate(byteCount: max(Int(count), 1), alignment: 1)
}

@_expose(wasm, "larder_free") @_cdecl("larder_free")
func free(_ pointer: UnsafeMutableRawPointer) {
    pointer.deallocate()
}

@_expose(wasm, "larder_result") @_cdecl("larder_result")
func result() -> UnsafeMutableRawPointer? {
    memory.result.baseAddress
}

/// A handle of an empty document.
@_expose(wasm, "larder_document_new") @_cdecl("larder_document_new")
func documentNew(_ kind: Int32) -> Int32 {
    guard let number = UInt8(exactly: kind), let kind = DocumentKind(rawValue: number) else {
        return CallFailure.decoding(.unknownKind(0)).code
    }
    return memory.keep(Document(kind: kind))
}

/// A handle of the document that the bytes encode.
@_expose(wasm, "larder_document_decode") @_cdecl("larder_document_decode")
func documentDecode(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer { () throws(DecodingFailure) in
        memory.keep(try Document(decoding: array(start, count)))
    }
}

@_expose(wasm, "larder_document_free") @_cdecl("larder_document_free")
func documentFree(_ handle: Int32) {
    memory.forget(handle)
}

@_expose(wasm, "larder_document_encode") @_cdecl("larder_document_encode")
func documentEncode(_ handle: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in document.encoded() }
}

@_expose(wasm, "larder_document_context") @_cdecl("larder_document_context")
func documentContext(_ handle: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in document.context.encoded() }
}

/// The list in words, as JSON.
@_expose(wasm, "larder_document_list") @_cdecl("larder_document_list")
func documentList(_ handle: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in JSONWriter.json(of: document.list) }
}

/// What a copy with the encoded context lacks, as an encoded delta.
@_expose(wasm, "larder_document_delta_since") @_cdecl("larder_document_delta_since")
func documentDeltaSince(_ handle: Int32, _ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in
        let bytes = array(start, count)
        let since = try decoding { () throws(DecodingFailure) in try Context(decoding: bytes) }
        return document.delta(since: since).encoded()
    }
}

/// Joins an encoded delta; the answer is the number of collisions, normally 0.
@_expose(wasm, "larder_document_merge") @_cdecl("larder_document_merge")
func documentMerge(_ handle: Int32, _ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    let bytes = array(start, count)
    do throws(CallFailure) {
        let delta = try decoding { () throws(DecodingFailure) in try Delta(decoding: bytes) }
        return try memory.document(handle) { Int32(clamping: $0.merge(delta)) }
    } catch {
        return error.code
    }
}

/// Applies an encoded `Command` and gives back its delta.
@_expose(wasm, "larder_document_apply") @_cdecl("larder_document_apply")
func documentApply(_ handle: Int32, _ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in
        let bytes = array(start, count)
        let command = try decoding { () throws(DecodingFailure) in try Command(decoding: bytes) }
        let delta = command.apply(to: &document)
        guard !delta.isEmpty else { throw .refused }
        return delta.encoded()
    }
}

/// Joins two encoded deltas of one document into one.
@_expose(wasm, "larder_delta_merge") @_cdecl("larder_delta_merge")
func deltaMerge(
    _ start: UnsafeRawPointer, _ count: Int32, _ otherStart: UnsafeRawPointer, _ otherCount: Int32
) -> Int32 {
    answer { () throws(DecodingFailure) in
        var delta = try Delta(decoding: array(start, count))
        delta.merge(try Delta(decoding: array(otherStart, otherCount)))
        return memory.giveBack(delta.encoded())
    }
}

/// The time of the latest stamp in an encoded delta, 0 if it has none: what the clock has to be past.
@_expose(wasm, "larder_delta_latest_time") @_cdecl("larder_delta_latest_time")
func deltaLatestTime(_ start: UnsafeRawPointer, _ count: Int32) -> Int64 {
    let delta = try? Delta(decoding: array(start, count))
    return Int64(bitPattern: delta?.latestStamp?.time ?? 0)
}

/// The time of the next stamp, for an operation made at `now` milliseconds by whoever last saw `latest`.
@_expose(wasm, "larder_stamp_next") @_cdecl("larder_stamp_next")
func stampNext(_ latest: Int64, _ now: Int64) -> Int64 {
    let replica = ReplicaID(rawValue: 0)
    var clock = HybridClock(replica: replica)
    clock.observe(Stamp(time: UInt64(bitPattern: latest), replica: replica))
    return Int64(bitPattern: clock.next(now: UInt64(clamping: now)).time)
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

private func array(_ start: UnsafeRawPointer, _ count: Int32) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: start, count: max(Int(count), 0)))
}

private func decoding<Decoded>(_ body: () throws(DecodingFailure) -> Decoded) throws(CallFailure) -> Decoded {
    do {
        return try body()
    } catch {
        throw .decoding(error)
    }
}

private func answer(_ body: () throws(DecodingFailure) -> Int32) -> Int32 {
    do {
        return try body()
    } catch {
        return CallFailure.decoding(error).code
    }
}

private func answer(about handle: Int32, _ body: (inout Document) throws(CallFailure) -> [UInt8]) -> Int32 {
    do throws(CallFailure) {
        let bytes = try memory.document(handle, body)
        return memory.giveBack(bytes)
    } catch {
        return error.code
    }
}
