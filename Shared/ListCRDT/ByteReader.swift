/// Reads what `ByteWriter` wrote, trusting none of it: every number has one form only, and lengths are checked against
/// what is there before anything is allocated.
package struct ByteReader: Sendable {
    private let content: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        content = bytes
    }

    package var atEnd: Bool { position == content.count }
    package var remaining: Int { content.count - position }

    package mutating func byte() throws(DecodingFailure) -> UInt8 {
        guard position < content.count else { throw .truncated }
        defer { position += 1 }
        return content[position]
    }

    @inline(__always)
    package mutating func varint() throws(DecodingFailure) -> UInt64 {
        guard position < content.count, content[position] < 0x80 else { return try longVarint() }
        position += 1
        return UInt64(content[position - 1])
    }

    private mutating func longVarint() throws(DecodingFailure) -> UInt64 {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 63 || byte <= 1, byte != 0 || shift == 0 else { throw .malformed(.number) }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
    }

    package mutating func signed() throws(DecodingFailure) -> Int64 {
        let number = try varint()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    package mutating func fixed64() throws(DecodingFailure) -> UInt64 {
        guard remaining >= 8 else { throw .truncated }
        var number: UInt64 = 0
        for index in position..<position + 8 { number = number << 8 | UInt64(content[index]) }
        position += 8
        return number
    }

    package mutating func raw(_ count: Int) throws(DecodingFailure) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw .truncated }
        defer { position += count }
        return content[position..<position + count]
    }

    /// A number of things of which each takes at least one byte.
    package mutating func count() throws(DecodingFailure) -> Int {
        let number = try varint()
        guard number <= UInt64(remaining) else { throw .truncated }
        return Int(number)
    }

    package mutating func bytes() throws(DecodingFailure) -> [UInt8] {
        try Array(raw(count()))
    }

    package mutating func string() throws(DecodingFailure) -> String {
        let length = try count()
        defer { position += length }
        let utf8 = content.span.extracting(position..<position + length)
        do { return String(copying: try UTF8Span(validating: utf8)) } catch { throw .malformed(.text) }
    }

    /// Throws unless everything was read.
    package func finish() throws(DecodingFailure) {
        guard atEnd else { throw .trailingBytes }
    }
}
