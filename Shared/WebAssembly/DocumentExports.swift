import ListCRDT
import ReplicaCore

// The functions that JavaScript calls about documents. Bytes go in as a pointer and a length in the module's memory, from
// `larder_alloc`; bytes come back as a length, lying at `larder_result()` until the next call. Negative answers are
// `CallFailure` codes. What is packed is packed by `ByteWriter`; Packing.swift says how entries and operations are.

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

/// A handle of a document, or of a part of one: `kind: byte · context: bytes · n × (key · entry: bytes)`. No context: empty.
@_expose(wasm, "larder_document_open") @_cdecl("larder_document_open")
func documentOpen(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    number { () throws(CallFailure) in
        let document = try decoding { () throws(DecodingFailure) in
            var reader = ByteReader(array(start, count))
            let kind = try reader.kind()
            let context = try reader.bytes()
            var entries: [EntryKey: Entry] = [:]
            for _ in 0..<(try reader.count()) { entries[try reader.key()] = try Entry(decoding: try reader.bytes()) }
            try reader.finish()
            let seen = context.isEmpty ? Context() : try Context(decoding: context)
            return Document(kind: kind, context: seen, entries: entries)
        }
        return try memory.keep(document)
    }
}

@_expose(wasm, "larder_document_free") @_cdecl("larder_document_free")
func documentFree(_ handle: Int32) {
    memory.forget(handle)
}

@_expose(wasm, "larder_document_context") @_cdecl("larder_document_context")
func documentContext(_ handle: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in document.context.encoded() }
}

/// All that has to be kept of it beside its context: `n × (key · entry: bytes)`.
@_expose(wasm, "larder_document_entries") @_cdecl("larder_document_entries")
func documentEntries(_ handle: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in
        var writer = ByteWriter()
        writer.entries(of: document)
        return writer.bytes
    }
}

/// What is shown of every visible entry: `n × (key · how many versions stand · fields)`.
@_expose(wasm, "larder_document_shown") @_cdecl("larder_document_shown")
func documentShown(_ handle: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in
        var writer = ByteWriter()
        writer.varint(UInt64(document.entries.count))
        for (key, entry) in document.entries {
            writer.key(key)
            writer.varint(UInt64(entry.versions.count))
            writer.fields(entry.shown)
        }
        return writer.bytes
    }
}

/// The versions of one entry that stand, several while edits were concurrent: `n × (dot · fields)`.
@_expose(wasm, "larder_document_versions") @_cdecl("larder_document_versions")
func documentVersions(_ handle: Int32, _ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in
        let bytes = array(start, count)
        let key = try decoding { () throws(DecodingFailure) in
            var reader = ByteReader(bytes)
            return try reader.key()
        }
        let versions = document.entries[key]?.versions ?? []
        var writer = ByteWriter()
        writer.varint(UInt64(versions.count))
        for version in versions {
            writer.dot(version.dot)
            writer.fields(version.fields)
        }
        return writer.bytes
    }
}

/// Joins an encoded delta; the answer is the number of collisions, normally 0.
@_expose(wasm, "larder_document_merge") @_cdecl("larder_document_merge")
func documentMerge(_ handle: Int32, _ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    let bytes = array(start, count)
    return number { () throws(CallFailure) in
        let delta = try decoding { () throws(DecodingFailure) in try Delta(decoding: bytes) }
        return try memory.document(handle) { Int32(clamping: $0.merge(delta)) }
    }
}

/// Does what is meant: `key · replica: 8 bytes · counter · 1 and a stamp's time, or 0, the clock's latest time and now ·
/// intent: the rest`. The answer: `time · delta: the rest`.
@_expose(wasm, "larder_document_perform") @_cdecl("larder_document_perform")
func documentPerform(_ handle: Int32, _ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in
        let bytes = array(start, count)
        let task = try decoding { () throws(DecodingFailure) in try Task(decoding: bytes) }
        var clock = task.clock
        let done = document.perform(
            task.intent, on: task.key, dot: task.dot, &clock, stampTime: task.stampTime, now: task.now)
        guard let done else { throw .refused }
        var writer = ByteWriter()
        writer.varint(done.stamp.time)
        writer.raw(done.delta.encoded())
        return writer.bytes
    }
}

/// An operation as JavaScript asks for it.
private struct Task {
    let key: EntryKey
    let dot: Dot
    let clock: HybridClock
    var stampTime: UInt64?
    var now: UInt64 = 0
    let intent: Intent

    init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        key = try reader.key()
        let replica = ReplicaID(rawValue: try reader.fixed64())
        dot = Dot(replica, try reader.varint())
        var clock = HybridClock(replica: replica)
        if try reader.byte() == 1 {
            stampTime = try reader.varint()
        } else {
            clock.observe(Stamp(time: try reader.varint(), replica: replica))
            now = try reader.varint()
        }
        self.clock = clock
        intent = try Intent(decoding: Array(try reader.raw(reader.remaining)))
    }
}
