internal import ListCRDT

/// The binary form of sync: its media type, its version and its bounds.
package enum SyncFormat {
    package static let mediaType = "application/vnd.larder.sync"
    /// The first byte of every request and answer.
    package static let version: UInt8 = 1

    /// A request's body, in bytes. An answer may be longer: it holds what the device lacks.
    package static let requestBytesMax = 1 << 20
    package static let documentsMax = 512
    /// Operations of the sender in one request, over all its documents.
    package static let operationsMax = ListLimits.operationsInPush

    static func open(_ bytes: [UInt8]) throws(DecodingFailure) -> ByteReader {
        var reader = ByteReader(bytes)
        let found = try reader.byte()
        guard found == version else { throw .unsupportedVersion(found) }
        return reader
    }

    static func write(_ delta: Delta?, to writer: inout ByteWriter) {
        writer.byte(delta == nil ? 0 : 1)
        if let delta { writer.bytes(delta.encoded()) }
    }

    static func readDelta(_ reader: inout ByteReader) throws(DecodingFailure) -> Delta? {
        switch try reader.byte() {
        case 0: nil
        case 1: try Delta(decoding: try reader.bytes())
        default: throw .malformed(.tag)
        }
    }

    static func readIdentifier(_ reader: inout ByteReader) throws(DecodingFailure) -> Identifier {
        Identifier(high: try reader.fixed64(), low: try reader.fixed64())
    }

    static func write(_ identifier: Identifier, to writer: inout ByteWriter) {
        writer.fixed64(identifier.high)
        writer.fixed64(identifier.low)
    }

    static func readCount(_ reader: inout ByteReader) throws(DecodingFailure) -> Int {
        let count = try reader.varint()
        guard count <= UInt64(documentsMax) else { throw .tooLarge }
        return Int(count)
    }
}
