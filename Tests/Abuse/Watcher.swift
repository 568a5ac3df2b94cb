internal import ListCRDT
internal import Synchronization
internal import TestStack
internal import TestSupport

/// A device that follows a list live and keeps what it hears of.
final class Watcher: Sendable {
    private let live: RawWebSocket
    private let heard: Mutex<Context>
    private let end = Mutex("connected")

    private init(_ live: RawWebSocket, _ context: Context) {
        self.live = live
        heard = Mutex(context)
    }

    static func following(_ list: DocumentID, as person: Person, at stack: Stack) async throws -> Watcher {
        let live = try await RawWebSocket.connected(to: stack, token: person.token)
        await live.say(#"{"follow":[{"list":"\#(list.hex)"}]}"#)
        guard case .text(let text) = await live.arrivals(1).first, text.hasPrefix(#"{"following""#),
            let context = RawWebSocket.base64("context", of: text).flatMap({ try? Context(decoding: $0) })
        else { throw TestSupportError("a follow is not answered") }
        return Watcher(live, context)
    }

    var state: String { end.withLock { $0 } }

    func hasHeard(upTo dot: Dot) -> Bool {
        heard.withLock { $0.dots(of: dot.replica).dotCount >= dot.counter && $0.contains(dot) }
    }

    /// Hears changes until it is cancelled or the bridge ends it.
    func run() async {
        var bytes: [UInt8] = []
        while !Task.isCancelled {
            switch live.socket.receive() {
            case .bytes(let more):
                bytes += more
                await take(&bytes)
            case .nothing: await live.socket.wait(until: .reading, by: .now + .milliseconds(200))
            case .ended: return end.withLock { $0 = "ended by the bridge" }
            }
        }
    }

    private func take(_ bytes: inout [UInt8]) async {
        let (arrivals, rest) = RawWebSocket.parse(bytes)
        bytes = Array(rest)
        for arrival in arrivals {
            switch arrival {
            case .ping: await live.socket.send(RawWebSocket.frame(.pong))
            case .text(let text):
                guard let change = RawWebSocket.Change(text) else { continue }
                heard.withLock { $0.formUnion(change.delta.context) }
            case .close(let code): end.withLock { $0 = "closed with \(code ?? 0)" }
            case .pong: break
            }
        }
    }
}
