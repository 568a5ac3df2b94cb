import Accounts
import Bus
import Foundation
import ListCRDT
import Messages
import NIOCore
import NIOWebSocket
import Synchronization

/// One device's live connection.
final class LiveSession: Sendable {
    static let tokenPatience = Duration.seconds(10)
    static let followsMax = 1_000
    private static let pingInterval = Duration.seconds(20)

    private struct State {
        var claims: AccessClaims?
        var followed: Set<DocumentID> = []
        /// Changes of documents whose follow is being authorised: passed on when it is granted, dropped when not.
        var awaiting: [DocumentID: LivePending] = [:]
        var pending = LivePending()
        var close: (code: WebSocketErrorCode, reason: String)?
    }

    private let hub: LiveHub
    private let verifier: AccessTokenVerifier
    private let state = Mutex(State())
    private let doorbell = Doorbell()

    init(hub: LiveHub, verifier: AccessTokenVerifier) {
        self.hub = hub
        self.verifier = verifier
    }

    // MARK: - To the device

    func say(_ text: String) {
        state.withLock { state in
            guard state.close == nil else { return }
            state.pending.add(text)
            Self.checkRoom(&state)
        }
        doorbell.ring()
    }

    func pass(_ change: LiveChange, size: Int) {
        state.withLock { state in
            guard state.followed.contains(change.document), state.close == nil else { return }
            guard state.awaiting[change.document]?.add(change, size: size) == nil else { return }
            state.pending.add(change, size: size)
            Self.checkRoom(&state)
        }
        doorbell.ring()
    }

    private static func checkRoom(_ state: inout State) {
        if state.pending.isOverflowing, state.close == nil {
            state.close = (.unknown(1013), "too slow: sync, then follow again")
            state.pending = LivePending()
        }
    }

    func end(_ code: WebSocketErrorCode, _ reason: String) {
        state.withLock { if $0.close == nil { $0.close = (code, reason) } }
        doorbell.ring()
    }

    // MARK: - Its life

    /// Reads and writes until either side ends it.
    func run(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async {
        await withTaskGroup { group in
            group.addTask { await self.read(inbound, outbound) }
            group.addTask { await self.write(outbound) }
            group.addTask { await self.keepTime(outbound) }
            await group.next()
            group.cancelAll()
        }
        for document in state.withLock({ $0.followed }) { hub.unfollow(document, self) }
    }

    /// Writes what waits; while a write does not get through, what comes is joined behind it.
    private func write(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async {
        while await doorbell.wait() {
            let (texts, close) = state.withLock { ($0.close == nil ? $0.pending.take() : [], $0.close) }
            do {
                for text in texts {
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
                }
                guard let close else { continue }
                try await outbound.write(Self.closing(close.code, close.reason))
            } catch {
                // The connection is gone: reading ends as well.
                return
            }
            return
        }
    }

    private static func closing(_ code: WebSocketErrorCode, _ reason: String) -> WebSocketFrame {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        data.writeString(reason)
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }

    /// Ends a connection that shows no token in time or whose token has run out, and keeps the others warm.
    private func keepTime(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async {
        guard (try? await Task.sleep(for: Self.tokenPatience)) != nil else { return }
        if state.withLock({ $0.claims == nil }) { end(.policyViolation, "no token in time") }
        while (try? await Task.sleep(for: Self.pingInterval)) != nil {
            let now = wallClockMilliseconds()
            if state.withLock({ ($0.claims?.expiresMilliseconds ?? 0) < now }) {
                end(.policyViolation, "the token has expired")
            }
            try? await outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async {
        do {
            for try await frame in inbound {
                guard frame.maskKey != nil else { return end(.protocolError, "frames of a client are masked") }
                switch frame.opcode {
                case .text: await hear(String(buffer: frame.unmaskedData))
                case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
                case .connectionClose:
                    return try await outbound.write(Self.closing(.normalClosure, ""))
                case .pong: break
                default: return end(.unacceptableData, "text frames only")
                }
            }
        } catch {
            // A broken or endless frame: the decoder has said so to the other side.
        }
    }

    // MARK: - From the device

    private func hear(_ text: String) async {
        guard let request = try? JSONDecoder().decode(LiveRequest.self, from: Data(text.utf8)) else {
            return say(
                LiveFrames.error("malformed", "This is no request: {\"token\"}, {\"follow\"} or {\"unfollow\"}."))
        }
        if let token = request.token { await take(token) }
        guard let claims = state.withLock({ $0.claims }) else {
            return say(LiveFrames.error("unauthenticated", "Send {\"token\": …} first."))
        }
        if let follows = request.follow { await follow(follows, claims.user) }
        if let lists = request.unfollow { unfollow(lists) }
    }

    private func take(_ token: String) async {
        do throws(AccessTokenError) {
            let claims = try await verifier.verify(token, now: wallClockMilliseconds())
            let isOther = state.withLock { state in
                if let known = state.claims, known.user != claims.user { return true }
                state.claims = claims
                return false
            }
            if isOther { return end(.policyViolation, "another person's token") }
            say(
                LiveFrames.ready(
                    user: claims.user, username: claims.username, expiresMilliseconds: claims.expiresMilliseconds))
        } catch {
            end(.policyViolation, "the token is not valid")
        }
    }

    private func follow(_ requests: [LiveRequest.Follow], _ user: UserID) async {
        for request in requests {
            guard let document = DocumentID(hex: request.list) else {
                say(LiveFrames.error("malformed", "This is no list's id.", list: request.list))
                continue
            }
            let isRoom = state.withLock { $0.followed.count < Self.followsMax && $0.followed.insert(document).inserted }
            guard isRoom || state.withLock({ $0.followed.contains(document) }) else {
                say(LiveFrames.error("too_many", "At most \(Self.followsMax) lists a connection.", list: request.list))
                continue
            }
            let kind: DocumentKind = document == DocumentID.shelfDocument(user) ? .shelf : .list
            // Followed before it is read: no change falls between. What comes meanwhile waits for the answer.
            if isRoom { state.withLock { $0.awaiting[document] = LivePending() } }
            hub.follow(document, kind, self)
            let context = request.context.flatMap { Data(base64Encoded: $0) }.flatMap {
                try? Context(decoding: [UInt8]($0))
            }
            await answer(document, await hub.access.find(document, user: user, since: context))
        }
    }

    private func answer(_ document: DocumentID, _ finding: LiveAccess.Finding) async {
        switch finding {
        case .granted(let role, let context, let delta):
            say(
                LiveFrames.following([
                    .init(
                        list: document.hex, role: role, context: LiveFrames.base64(context.encoded()),
                        delta: delta.map { LiveFrames.base64($0.encoded()) })
                ]))
            state.withLock { state in
                if let waited = state.awaiting.removeValue(forKey: document) { state.pending.append(waited) }
            }
            doorbell.ring()
        case .forbidden:
            drop(document)
            say(LiveFrames.error("forbidden", "You may not see this list.", list: document.hex))
        case .unreachable:
            drop(document)
            say(LiveFrames.error("not_reachable", "The list cannot be read now; try again.", list: document.hex))
        }
    }

    private func unfollow(_ lists: [String]) {
        for document in lists.compactMap(DocumentID.init(hex:)) { drop(document) }
        say(LiveFrames.unfollowed(lists.map { .init(list: $0, reason: "asked") }))
    }

    private func drop(_ document: DocumentID) {
        state.withLock { state in
            state.followed.remove(document)
            state.awaiting[document] = nil
            state.pending.drop(document)
        }
        hub.unfollow(document, self)
    }

    /// The list's members changed: whoever has no role any more follows no more.
    func authoriseAgain(_ document: DocumentID) async {
        guard let user = state.withLock({ $0.claims?.user }) else { return }
        switch await hub.access.find(document, user: user, since: nil) {
        case .granted: break
        case .forbidden:
            drop(document)
            say(LiveFrames.unfollowed([.init(list: document.hex, reason: "revoked")]))
        case .unreachable:
            // Better a follow too few than one too many.
            drop(document)
            say(LiveFrames.unfollowed([.init(list: document.hex, reason: "not_reachable")]))
        }
    }
}
