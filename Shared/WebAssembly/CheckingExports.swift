import ListCRDT

// What only the checks against the golden vectors call: left out of the module that browsers load.

/// A handle of the document that the bytes encode.
@_expose(wasm, "larder_document_decode") @_cdecl("larder_document_decode")
func documentDecode(_ start: UnsafeRawPointer, _ count: Int32) -> Int32 {
    number { () throws(CallFailure) in
        let document = try decoding { () throws(DecodingFailure) in try Document(decoding: array(start, count)) }
        return try memory.keep(document)
    }
}

@_expose(wasm, "larder_document_encode") @_cdecl("larder_document_encode")
func documentEncode(_ handle: Int32) -> Int32 {
    answer(about: handle) { (document) throws(CallFailure) in document.encoded() }
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
