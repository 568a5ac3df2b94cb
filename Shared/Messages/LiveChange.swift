package import ListCRDT
package import Placement

/// A committed change as it goes over ZeroMQ from a sync-batcher to every bridge.
///
/// Frames: topic · document id (16 bytes) · envelope (dots, author, at, trace) · delta.
package struct LiveChange: Sendable, Equatable {
    package var document: DocumentID
    /// Every dot the delta speaks for: a receiver sees from them whether it missed something before.
    package var dots: Context
    package var author: UserID
    package var username: String
    package var atMilliseconds: UInt64
    package var trace: UInt64
    package var delta: Delta

    package init(
        document: DocumentID, author: UserID, username: String, atMilliseconds: UInt64, trace: UInt64, delta: Delta
    ) {
        self.document = document
        dots = delta.context
        self.author = author
        self.username = username
        self.atMilliseconds = atMilliseconds
        self.trace = trace
        self.delta = delta
    }

    /// What a bridge subscribes to. Of fixed width, because subscriptions are prefixes: `p/007`.
    package static func topic(of partition: Partition) -> String {
        let digits = String(partition.number)
        return "p/" + String(repeating: "0", count: 3 - digits.count) + digits
    }

    package var frames: [[UInt8]] { frames(encodedDelta: delta.encoded()) }

    /// - Parameter encodedDelta: for whoever has it already.
    package func frames(encodedDelta: [UInt8]) -> [[UInt8]] {
        var writer = ByteWriter()
        writer.bytes(dots.encoded())
        writer.fixed64(author.high)
        writer.fixed64(author.low)
        writer.string(username)
        writer.varint(atMilliseconds)
        writer.fixed64(trace)
        return [Array(Self.topic(of: Partition(of: document)).utf8), document.bytes, writer.bytes, encodedDelta]
    }

    package init(frames: [[UInt8]]) throws(DecodingFailure) {
        guard frames.count == 4, let document = DocumentID(bytes: frames[1]) else { throw .malformed(.shape) }
        self.document = document
        var reader = ByteReader(frames[2])
        dots = try Context(decoding: try reader.bytes())
        author = UserID(high: try reader.fixed64(), low: try reader.fixed64())
        username = try reader.string()
        atMilliseconds = try reader.varint()
        trace = try reader.fixed64()
        delta = try Delta(decoding: frames[3])
        guard reader.atEnd else { throw .trailingBytes }
    }
}
