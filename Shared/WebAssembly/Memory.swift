import ListCRDT
import SyncProtocol

/// What the exports keep between calls: documents by handle, the last answer to a sync, and the bytes of the last result.
struct Memory {
    private struct Slot {
        /// Counts the documents that have lain here, so that an old handle finds nothing.
        var generation: Int32 = 0
        var document: Document?
    }

    private static let slotsMax: Int32 = 1 << 10

    private var slots: [Slot] = []
    var response = SyncResponse(serverTimeMilliseconds: 0, documents: [])
    private(set) var result = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// A handle that was not given for a long time.
    mutating func keep(_ document: Document) throws(CallFailure) -> Int32 {
        let index = slots.firstIndex { $0.document == nil } ?? slots.count
        guard index < Memory.slotsMax else { throw .decoding(.tooLarge) }
        if index == slots.count { slots.append(Slot()) }
        slots[index].generation = (slots[index].generation + 1) % (1 << 20)
        slots[index].document = document
        return slots[index].generation * Memory.slotsMax + Int32(index)
    }

    mutating func forget(_ handle: Int32) {
        if let index = index(of: handle) { slots[index].document = nil }
    }

    /// Calls `body` with the document, changed in place.
    mutating func document<Result>(
        _ handle: Int32, _ body: (inout Document) throws(CallFailure) -> Result
    ) throws(CallFailure) -> Result {
        guard let index = index(of: handle), var document = slots[index].document else { throw .unknownHandle }
        slots[index].document = nil
        defer { slots[index].document = document }
        return try body(&document)
    }

    private func index(of handle: Int32) -> Int? {
        let index = Int(handle % Memory.slotsMax)
        let isKnown = handle > 0 && index < slots.count && slots[index].generation == handle / Memory.slotsMax
        return isKnown ? index : nil
    }

    /// Keeps the bytes for the caller until the next result, and returns how many there are.
    mutating func giveBack(_ bytes: [UInt8]) -> Int32 {
        result.deallocate()
        result = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
        result.copyBytes(from: bytes)
        return Int32(bytes.count)
    }
}

/// Why a call did nothing; the caller sees the negative number.
enum CallFailure: Error {
    case decoding(DecodingFailure)
    case unknownHandle
    /// The operation's dot is not new, or an item without a name would come of it.
    case refused

    var code: Int32 {
        switch self {
        case .decoding(.truncated): -1
        case .decoding(.malformed): -2
        case .decoding(.tooLarge): -3
        case .decoding(.trailingBytes): -4
        case .decoding(.unsupportedVersion): -5
        case .decoding(.unknownKind): -6
        case .decoding(.notCanonical): -7
        case .unknownHandle: -8
        case .refused: -9
        }
    }
}

@_extern(wasm, module: "host", name: "random")
private func hostRandom(_ start: UnsafeMutableRawPointer, _ count: Int32)

/// Seeds hashing, from the page. The C library's own brings its formatted output with it, a tenth of the module.
@_cdecl("arc4random_buf")
func randomBytes(_ start: UnsafeMutableRawPointer, _ count: Int) {
    hostRandom(start, Int32(count))
}

/// Where a trap would print why: a page has no such place, and the C library's way there is large.
@_cdecl("putchar")
func putchar(_ character: Int32) -> Int32 { character }

nonisolated(unsafe) var memory = Memory()  // guard: WebAssembly has one thread, and no export calls another

/// The bytes that a caller has put at a place in the module's memory.
func array(_ start: UnsafeRawPointer, _ count: Int32) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: start, count: max(Int(count), 0)))
}

/// A decoding failure as one of a call.
func decoding<Decoded>(_ body: () throws(DecodingFailure) -> Decoded) throws(CallFailure) -> Decoded {
    do {
        return try body()
    } catch {
        throw .decoding(error)
    }
}

/// A number as the answer of a call, or the code of its failure.
func number(_ body: () throws(CallFailure) -> Int32) -> Int32 {
    do throws(CallFailure) {
        return try body()
    } catch {
        return error.code
    }
}

/// Bytes as the answer of a call.
func answer(_ body: () throws(CallFailure) -> [UInt8]) -> Int32 {
    number { () throws(CallFailure) in
        let bytes = try body()
        return memory.giveBack(bytes)
    }
}

/// Bytes about a document as the answer of a call.
func answer(about handle: Int32, _ body: (inout Document) throws(CallFailure) -> [UInt8]) -> Int32 {
    answer { () throws(CallFailure) in try memory.document(handle, body) }
}
