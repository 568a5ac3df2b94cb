package import TestStack
internal import TestSupport

/// A connection that takes its time, and for how long a service puts up with it.
package struct SlowAttack: Sendable, CustomStringConvertible {
    package let name: String
    /// Documented: the service closes within this time, not before half of it.
    package let limit: Duration
    private let isLive: Bool
    private let isUpgraded: Bool
    private let isRead: Bool
    private let first: [UInt8]
    /// Sent once a second; empty: silence.
    private let drop: [UInt8]

    package var description: String { name }

    private init(
        _ name: String, _ limit: Duration, live: Bool = false, upgraded: Bool = false, isRead: Bool = true,
        first: [UInt8] = [], drop: String = ""
    ) {
        self.name = name
        self.limit = limit
        isLive = live
        isUpgraded = upgraded
        self.isRead = isRead
        self.first = first
        self.drop = Array(drop.utf8)
    }

    package static func all(token: String) -> [SlowAttack] {
        let open = Array("GET / HTTP/1.1\r\nHost: x\r\nX: ".utf8)
        let post = ["Authorization: Bearer \(token)", "Content-Type: application/json"]
        let gets = RawHTTP.head("GET", "/v1/openapi.json")
        return [
            SlowAttack("a head, a byte a second", .seconds(20), first: open, drop: "x"),
            SlowAttack(
                "a second head, a byte a second", .seconds(20), first: RawHTTP.head("GET", "/") + open, drop: "x"),
            SlowAttack(
                "a body, a byte a second", .seconds(20),
                first: RawHTTP.head("POST", "/v1/lists", post + ["Content-Length: 1000"]), drop: "x"),
            SlowAttack(
                "a body, a chunk a second", .seconds(20),
                first: RawHTTP.head("POST", "/v1/lists", post + ["Transfer-Encoding: chunked"]), drop: "1\r\nx\r\n"),
            SlowAttack("silence", .seconds(60)),
            SlowAttack("silence after a request", .seconds(60), first: RawHTTP.head("GET", "/")),
            SlowAttack(
                "1,000 requests whose answers are not taken", .seconds(30), isRead: false,
                first: Array(repeatElement(gets, count: 1_000).joined()), drop: "\r\n"),
            SlowAttack("at the bridge: silence", .seconds(10), live: true),
            SlowAttack("at the bridge: a head, a byte a second", .seconds(10), live: true, first: open, drop: "x"),
            SlowAttack("at the bridge: a WebSocket without a token", .seconds(10), live: true, upgraded: true),
        ]
    }

    /// How long it took the service to close it; nil: longer than it says.
    package func time(at stack: Stack) async throws -> Duration? {
        let most = limit + .seconds(10)
        if isUpgraded {
            let socket = try await RawWebSocket.connected(to: stack).socket
            return await socket.timeToEnd(within: most)
        }
        let socket = try RawSocket(isLive ? stack.livePort : stack.gatewayPort, receiveBytes: isRead ? nil : 4_096)
        await socket.send(first)
        return await socket.timeToEnd(within: most, dripping: drop, isRead: isRead)
    }
}
