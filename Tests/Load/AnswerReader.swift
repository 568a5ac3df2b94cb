import NIOCore
import TestSupport

/// Reads HTTP answers that say their length, as the gateway's do. Less work than a general parser: what the driver costs must not be
/// what is measured.
struct AnswerReader {
    private var received = ByteBuffer()

    mutating func take(_ more: inout ByteBuffer) {
        if received.readableBytes == 0 { received = more } else { received.writeBuffer(&more) }
    }

    /// The next answer that is complete.
    mutating func next() throws -> (status: Int, body: ByteBuffer)? {
        guard let head = try received.withUnsafeReadableBytes(Self.head) else { return nil }
        guard received.readableBytes >= head.bytes + head.bodyBytes else { return nil }
        received.moveReaderIndex(forwardBy: head.bytes)
        guard let body = received.readSlice(length: head.bodyBytes) else { return nil }
        return (head.status, body)
    }

    /// Nil: it is not complete.
    private static func head(_ bytes: UnsafeRawBufferPointer) throws -> (status: Int, bytes: Int, bodyBytes: Int)? {
        var line = 0
        var length: Int?
        for end in bytes.indices.dropFirst() where bytes[end] == UInt8(ascii: "\n") {
            let text = bytes[line..<end - 1]
            line = end + 1
            if text.isEmpty {
                guard let status = number(bytes[9..<12]), let length else {
                    throw TestSupportError("the gateway's answer has no status or no length")
                }
                return (status, line, length)
            }
            if isLength(text) { length = number(text.dropFirst(lengthName.count).drop { $0 == UInt8(ascii: " ") }) }
        }
        return nil
    }

    private static let lengthName = Array("content-length:".utf8)

    private static func isLength(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        line.count > lengthName.count && zip(line, lengthName).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    private static func number(_ digits: some Sequence<UInt8>) -> Int? {
        Int(String(decoding: Array(digits), as: UTF8.self))
    }
}
