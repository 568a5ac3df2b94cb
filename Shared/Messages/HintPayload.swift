package import ListCRDT
package import Placement

/// A note for a shard that acknowledged a write: another home shard missed these operations.
package struct HintPayload: Sendable, Equatable {
    package var absent: ShardID
    package var dots: Context

    package init(absent: ShardID, dots: Context) {
        self.absent = absent
        self.dots = dots
    }

    package var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.string(absent.name)
        writer.bytes(dots.encoded())
        return writer.bytes
    }

    package init(decoding payload: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(payload)
        guard let absent = ShardID(try reader.string()) else { throw .malformed(.shape) }
        self.init(absent: absent, dots: try Context(decoding: try reader.bytes()))
        guard reader.atEnd else { throw .trailingBytes }
    }
}
