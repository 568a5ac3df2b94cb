/// What a device must not send over a WebSocket, and what the bridge says to it.
package struct HostileFrames: Sendable, CustomStringConvertible {
    package enum Outcome: Sendable, Equatable {
        /// Closed with this code.
        case closed(UInt16)
        /// An error with this code; the connection lives on.
        case error(String)
        case taken
    }

    package let name: String
    package let bytes: [UInt8]
    package let outcome: Outcome

    package var description: String { name }

    private init(_ name: String, _ bytes: [UInt8], _ outcome: Outcome) {
        self.name = name
        self.bytes = bytes
        self.outcome = outcome
    }

    package static var all: [HostileFrames] { shapes + fragments + closes + messages }

    private static let honest = Array(#"{"unfollow":[]}"#.utf8)

    private static var shapes: [HostileFrames] {
        typealias Socket = RawWebSocket
        return [
            HostileFrames("unmasked", Socket.frame(.text, honest, isMasked: false), .closed(1002)),
            HostileFrames("an unmasked ping", Socket.frame(.ping, isMasked: false), .closed(1002)),
            HostileFrames("reserved bit 1", Socket.frame(.text, honest, reserved: 4), .closed(1002)),
            HostileFrames("reserved bit 2", Socket.frame(.text, honest, reserved: 2), .closed(1002)),
            HostileFrames("reserved bit 3", Socket.frame(.text, honest, reserved: 1), .closed(1002)),
            HostileFrames("a reserved opcode", Socket.frame(.unknown, honest), .closed(1002)),
            HostileFrames("a reserved control opcode", Socket.frame(.unknownControl), .closed(1002)),
            HostileFrames("binary", Socket.frame(.binary, honest), .closed(1003)),
            HostileFrames("70,000 bytes", Socket.frame(.text, [UInt8](repeating: 32, count: 70_000)), .closed(1009)),
            HostileFrames("2^40 bytes, said", Socket.frame(.text, length: 1 << 40), .closed(1009)),
            HostileFrames("2^63 bytes, said", Socket.frame(.text, length: 1 << 63), .closed(1009)),
            HostileFrames("a ping of 126 bytes", Socket.frame(.ping, [UInt8](repeating: 1, count: 126)), .closed(1002)),
            HostileFrames("a ping in fragments", Socket.frame(.ping, isLast: false), .closed(1002)),
            HostileFrames("no frames at all", Array(String(repeating: "GET / ", count: 50).utf8), .closed(1002)),
        ]
    }

    private static var fragments: [HostileFrames] {
        typealias Socket = RawWebSocket
        let open = Socket.frame(.text, Array("{".utf8), isLast: false)
        let blank = Socket.frame(.continuation, [32], isLast: false)
        let large = Socket.frame(.continuation, [UInt8](repeating: 32, count: 30_000), isLast: false)
        let empty = Socket.frame(.continuation, isLast: false)
        return [
            HostileFrames(
                "fragments without end", open + Array(repeatElement(blank, count: 200).joined()), .closed(1009)),
            HostileFrames("empty fragments", open + Array(repeatElement(empty, count: 200).joined()), .closed(1009)),
            HostileFrames("fragments past the limit", open + large + large + large, .closed(1009)),
            HostileFrames("a continuation of nothing", blank, .closed(1002)),
            HostileFrames("a message within another", open + Socket.frame(.text, honest), .closed(1002)),
            HostileFrames(
                "fragments, a ping between them",
                Socket.frame(.text, Array(honest.prefix(5)), isLast: false) + Socket.frame(.ping)
                    + Socket.frame(.continuation, Array(honest.dropFirst(5))), .taken),
        ]
    }

    private static var closes: [HostileFrames] {
        typealias Socket = RawWebSocket
        return [
            HostileFrames("a close of one byte", Socket.frame(.close, [3]), .closed(1002)),
            HostileFrames("a close without meaning", Socket.frame(.close, [0, 5]), .closed(1002)),
            HostileFrames("a close that only networks say", Socket.frame(.close, [3, 0xee]), .closed(1002)),
            HostileFrames("a close that is no UTF-8", Socket.frame(.close, [3, 0xe8, 0xff]), .closed(1007)),
            HostileFrames("a good close", Socket.frame(.close, [3, 0xe8]), .closed(1000)),
            HostileFrames("an empty close", Socket.frame(.close), .closed(1000)),
        ]
    }

    private static var messages: [HostileFrames] {
        func text(_ text: String) -> [UInt8] { RawWebSocket.frame(.text, Array(text.utf8)) }
        let split = Array("é".utf8)
        let many = (10..<27).map { String(repeating: "0", count: 30) + "\($0)" }
        return [
            HostileFrames("no UTF-8", RawWebSocket.frame(.text, honest + [0xff]), .closed(1007)),
            HostileFrames("an overlong encoding", RawWebSocket.frame(.text, [0xc0, 0xaf]), .closed(1007)),
            HostileFrames(
                "half a character",
                RawWebSocket.frame(.text, [split[0]], isLast: false)
                    + RawWebSocket.frame(.continuation, [0x41]), .closed(1007)),
            HostileFrames("half of a JSON object", text("{"), .error("malformed")),
            HostileFrames("numbers for lists", text(#"{"follow":[1,2]}"#), .error("malformed")),
            HostileFrames(
                "30,000 arrays in one another", text(String(repeating: "[", count: 30_000)), .error("malformed")),
            HostileFrames("numbers for open lists", text(#"{"open":[1]}"#), .error("malformed")),
            HostileFrames("no open list's id", text(#"{"open":["x"]}"#), .error("malformed")),
            HostileFrames("too many open lists", text(#"{"open":\#(many)}"#), .error("too_many")),
            HostileFrames(
                "an open list that it does not follow", text(#"{"open":["\#(many[0])"],"unfollow":[]}"#),
                .taken),
            HostileFrames("no list's id", text(#"{"follow":[{"list":"'; DROP TABLE x"}]}"#), .error("malformed")),
            HostileFrames(
                "a list that there is not", text(#"{"follow":[{"list":"\#(String(repeating: "0", count: 31))1"}]}"#),
                .error("forbidden")),
        ]
    }
}
