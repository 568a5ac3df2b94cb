internal import NIOCore

/// Writes commands as RESP2 arrays of bulk strings, straight into the buffer that goes to the socket.
///
/// Our own and not hiredis's formatter, which wants every argument pinned at once and copies each command twice more.
extension RedisCommand {
    /// An upper bound of the bytes that `write(into:)` adds.
    package var encodedSizeMax: Int {
        arguments.reduce(2 * frameSizeMax + name.utf8.count) { $0 + frameSizeMax + $1.contentSizeMax }
    }

    func write(into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: encodedSizeMax) { space in
            var writer = WireWriter(space: space)
            writer.head("*", arguments.count + 1)
            writer.bulk(name)
            for argument in arguments {
                switch argument {
                case .string(let text): writer.bulk(text)
                case .bytes(let bytes): bytes.withUnsafeBytes { writer.bulk($0) }
                case .int(let number): writer.bulk(number)
                }
            }
            return writer.offset
        }
    }
}

/// The bytes around an argument: `$`, its length, and two line ends.
private let frameSizeMax = 1 + 19 + 2 + 2

extension RedisArgument {
    fileprivate var contentSizeMax: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .int: 20
        }
    }
}

private struct WireWriter {
    let space: UnsafeMutableRawBufferPointer
    var offset = 0

    mutating func head(_ kind: Unicode.Scalar, _ count: Int) {
        byte(UInt8(ascii: kind))
        decimal(UInt64(count))
        lineEnd()
    }

    mutating func bulk(_ text: String) {
        var text = text
        text.withUTF8 { bulk(UnsafeRawBufferPointer($0)) }
    }

    mutating func bulk(_ bytes: UnsafeRawBufferPointer) {
        head("$", bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: space[offset...]).copyMemory(from: bytes)
        offset += bytes.count
        lineEnd()
    }

    mutating func bulk(_ number: Int64) {
        head("$", digits(number.magnitude) + (number < 0 ? 1 : 0))
        if number < 0 { byte(UInt8(ascii: "-")) }
        decimal(number.magnitude)
        lineEnd()
    }

    private mutating func decimal(_ number: UInt64) {
        let count = digits(number)
        var rest = number
        for place in stride(from: offset + count - 1, through: offset, by: -1) {
            space[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        offset += count
    }

    private func digits(_ number: UInt64) -> Int {
        var count = 1
        var rest = number / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }

    private mutating func lineEnd() {
        byte(UInt8(ascii: "\r"))
        byte(UInt8(ascii: "\n"))
    }

    private mutating func byte(_ value: UInt8) {
        space[offset] = value
        offset += 1
    }
}
