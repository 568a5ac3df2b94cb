internal import Foundation
package import ListCRDT
package import TestStack
package import TestSupport

/// A WebSocket to the bridge, of which every bit can be wrong.
package final class RawWebSocket: Sendable {
    package enum Arrival: Sendable, Equatable {
        case text(String)
        case pong([UInt8])
        case ping
        /// With its code, if it has one.
        case close(UInt16?)
    }

    package let socket: RawSocket

    private init(_ socket: RawSocket) { self.socket = socket }

    /// Upgraded; with a token also welcomed by the bridge.
    ///
    /// - Parameter receiveBytes: the system's buffer for what is not read.
    package static func connected(
        to stack: Stack, bridge: String = "bridge", token: String? = nil, receiveBytes: Int32? = nil,
        headers: [String] = []
    ) async throws -> RawWebSocket {
        let socket = try RawSocket(stack.livePort(of: bridge), receiveBytes: receiveBytes)
        await socket.send(RawHTTP.head("GET", "/v1/live", upgrade + headers))
        let answer = await socket.read { $0.count >= 4 && $0.suffix(4) == Array("\r\n\r\n".utf8)[...] }
        let text = String(decoding: answer.bytes, as: UTF8.self).lowercased()
        guard text.hasPrefix("http/1.1 101 ") else { throw TestSupportError("no WebSocket: \(text)") }
        guard !text.contains("sec-websocket-extensions") else { throw TestSupportError("an extension: \(text)") }
        let live = RawWebSocket(socket)
        guard let token else { return live }
        await live.say(#"{"token":"\#(token)"}"#)
        guard case .text(let ready) = await live.arrivals(1).first, ready.contains("ready") else {
            throw TestSupportError("the bridge does not welcome a token")
        }
        return live
    }

    package static let upgrade = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    @discardableResult
    package func say(_ text: String) async -> Bool { await socket.send(Self.frame(.text, Array(text.utf8))) }

    /// Asks for at most 1,000 of them at once.
    @discardableResult
    package func follow(_ lists: some Sequence<DocumentID>, within limit: Duration = .seconds(10)) async -> Bool {
        let entries = lists.map { #"{"list":"\#($0.hex)"}"# }.joined(separator: ",")
        return await socket.send(Self.frame(.text, Array(#"{"follow":[\#(entries)]}"#.utf8)), within: limit)
    }

    // MARK: Frames

    package enum Opcode: UInt8, Sendable {
        case continuation = 0, text, binary, unknown, close = 8, ping, pong, unknownControl
    }

    /// - Parameter length: what it says it has.
    package static func frame(
        _ opcode: Opcode, _ data: [UInt8] = [], isLast: Bool = true, reserved: UInt8 = 0, isMasked: Bool = true,
        length: UInt64? = nil
    ) -> [UInt8] {
        var bytes = [(isLast ? 0x80 : 0) | reserved << 4 | opcode.rawValue]
        let mask: UInt8 = isMasked ? 0x80 : 0
        let length = length ?? UInt64(data.count)
        switch length {
        case ..<126: bytes.append(mask | UInt8(length))
        case ..<65_536: bytes += [mask | 126] + bigEndian(length, 2)
        default: bytes += [mask | 127] + bigEndian(length, 8)
        }
        guard isMasked else { return bytes + data }
        let key: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        return bytes + key + data.enumerated().map { $1 ^ key[$0 % 4] }
    }

    private static func bigEndian(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    /// Reads until there are `count` of them, one that closes, or the end. Pings and digests, which come by themselves,
    /// are left out.
    package func arrivals(_ count: Int, within limit: Duration = .seconds(10)) async -> [Arrival] {
        let read = await socket.read(within: limit) { bytes in
            let all = Self.answers(in: bytes)
            return all.count >= count || all.contains { if case .close = $0 { true } else { false } }
        }
        return Self.answers(in: read.bytes)
    }

    private static func answers(in bytes: [UInt8]) -> [Arrival] {
        parse(bytes).arrivals.filter { arrival in
            if case .text(let text) = arrival { !text.hasPrefix(#"{"digest""#) } else { arrival != .ping }
        }
    }

    /// Of whole frames, as servers send them: not masked, not fragmented.
    static func parse(_ bytes: [UInt8]) -> (arrivals: [Arrival], rest: ArraySlice<UInt8>) {
        var rest = bytes[...]
        var arrivals: [Arrival] = []
        while let (opcode, data) = next(&rest) {
            switch opcode {
            case 1: arrivals.append(.text(String(decoding: data, as: UTF8.self)))
            case 8: arrivals.append(.close(data.count < 2 ? nil : data.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }))
            case 9: arrivals.append(.ping)
            case 10: arrivals.append(.pong(Array(data)))
            default: break
            }
        }
        return (arrivals, rest)
    }

    /// Nil: the next frame is not there as a whole.
    private static func next(_ rest: inout ArraySlice<UInt8>) -> (UInt8, ArraySlice<UInt8>)? {
        guard rest.count >= 2 else { return nil }
        let start = rest.startIndex
        let short = rest[start + 1] & 0x7f
        let width = short == 127 ? 8 : short == 126 ? 2 : 0
        guard rest.count >= 2 + width else { return nil }
        let length =
            width == 0 ? Int(short) : rest[(start + 2)..<(start + 2 + width)].reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 2 + width + length else { return nil }
        let end = start + 2 + width + length
        defer { rest = rest[end...] }
        return (rest[start] & 0x0f, rest[(start + 2 + width)..<end])
    }
}

extension RawWebSocket {
    /// A change that the bridge tells of.
    package struct Change: Sendable {
        package let by: String
        package let delta: Delta

        /// Nil: it is none.
        init?(_ text: String) {
            guard text.hasPrefix(#"{"change""#), let by = RawWebSocket.field("by", of: text),
                let delta = RawWebSocket.base64("delta", of: text).flatMap({ try? Delta(decoding: $0) })
            else { return nil }
            (self.by, self.delta) = (by, delta)
        }
    }

    /// Reads until `isEnough` of the operations that the changes bring, or the end, or nothing has come for `limit`.
    package func changes(
        within limit: Duration = .seconds(10), until isEnough: (Context) -> Bool
    ) async -> [Change] {
        var bytes: [UInt8] = []
        var changes: [Change] = []
        var heard = Context()
        while !isEnough(heard) {
            switch socket.receive() {
            case .bytes(let more): bytes += more
            case .ended: return changes
            case .nothing: guard await socket.wait(until: .reading, by: .now + limit) else { return changes }
            }
            let (arrivals, rest) = Self.parse(bytes)
            bytes = Array(rest)
            for case .text(let text) in arrivals {
                guard let change = Change(text) else { continue }
                changes.append(change)
                heard.formUnion(change.delta.context)
            }
        }
        return changes
    }

    /// A field that has a text without escapes.
    fileprivate static func field(_ name: String, of text: String) -> String? {
        text.firstRange(of: "\"\(name)\":\"").map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    static func base64(_ name: String, of text: String) -> [UInt8]? {
        field(name, of: text).flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
    }

    /// The codes of the errors among them.
    package static func errors(_ arrivals: [Arrival]) -> [String] {
        arrivals.compactMap { arrival in
            guard case .text(let text) = arrival, text.hasPrefix(#"{"error""#) else { return nil }
            return text.firstMatch(of: /"code":"([a-z_]+)"/).map { String($0.1) }
        }
    }
}
