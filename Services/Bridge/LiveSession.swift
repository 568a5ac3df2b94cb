import Accounts
import Bus
import Foundation
import ListCRDT
import LivePresence
import Messages
import NIOCore
import NIOWebSocket
import Synchronization

/// One device's live connection.
final class LiveSession: Sendable {
    static let tokenPatience = Duration.seconds(10)
    static let followsMax = 1_000
    /// Of one request, how many are authorised at once.
    private static let followsAtOnceMax = 8
    /// A device that takes nothing of what is written to it for so long is gone.
    static let writePatience = Duration.seconds(30)
    private static let pingInterval = Duration.seconds(20)

    private struct State {
        var claims: AccessClaims?
        var followed: Set<DocumentID> = []
        /// As the device says. Only what it may follow counts.
        var open: Set<DocumentID> = []
        /// Holds the changes of documents whose follow is being authorised: passed on when it is granted, dropped when not.
        var pending = LivePending()
        var close: (code: WebSocketErrorCode, reason: String)?
        var isPingDue = false
        /// Of what is being written.
        var bytesInFlight = 0
        /// Of all that waits, as the hub knows it.
        var bytesCounted = 0
        /// Since when a write waits for the device.
        var writingSince: ContinuousClock.Instant?

        /// Whether it follows the document and is known to be allowed to.
        func follows(_ document: DocumentID) -> Bool { followed.contains(document) && !pending.isHeld(document) }
    }

    private let number: UInt64
    private let hub: LiveHub
    private let verifier: AccessTokenVerifier
    private let onWelcome: @Sendable () -> Void
    private let state = Mutex(State())
    private let doorbell = Doorbell()

    /// - Parameter onWelcome: called when it has shown a token.
    init(hub: LiveHub, verifier: AccessTokenVerifier, onWelcome: @escaping @Sendable () -> Void) {
        number = hub.presence.newSession()
        self.hub = hub
        self.verifier = verifier
        self.onWelcome = onWelcome
    }

    // MARK: - To the device

    func say(_ text: String) {
        state.withLock { state in
            guard state.close == nil else { return }
            state.pending.add(text)
            checkRoom(&state)
        }
        doorbell.ring()
    }

    func pass(_ change: LiveChange, size: Int) {
        state.withLock { state in
            guard state.followed.contains(change.document), state.close == nil else { return }
            state.pending.add(change, size: size)
            checkRoom(&state)
        }
        doorbell.ring()
    }

    func tellPresence(of document: DocumentID, _ text: String) {
        state.withLock { state in
            guard state.follows(document), state.close == nil else { return }
            state.pending.setPresence(document, text)
            checkRoom(&state)
        }
        doorbell.ring()
    }

    private func checkRoom(_ state: inout State) {
        guard isTooMuch(&state) || state.pending.isOverflowing, state.close == nil else { return }
        state.close = (.unknown(1013), "too slow: sync, then follow again")
        state.pending = LivePending()
        _ = isTooMuch(&state)
    }

    /// Tells the hub what waits now.
    private func isTooMuch(_ state: inout State) -> Bool {
        let bytes = state.pending.bytes + state.bytesInFlight
        defer { state.bytesCounted = bytes }
        return hub.isTooMuch(bytes, more: bytes - state.bytesCounted)
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
            group.addTask { await self.keepTime() }
            await group.next()
            group.cancelAll()
        }
        let followed = state.withLock { state in
            state.pending = LivePending()
            state.bytesInFlight = 0
            state.close = state.close ?? (.goingAway, "")
            _ = isTooMuch(&state)
            return state.followed
        }
        hub.presence.leave(number)
        for document in followed { hub.unfollow(document, self) }
    }

    /// Writes what waits; while a write does not get through, what comes is joined behind it.
    private func write(_ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async {
        while await doorbell.wait() {
            let (frames, isLast) = state.withLock { Self.takeFrames(&$0) }
            do {
                for frame in frames {
                    state.withLock { $0.writingSince = .now }
                    try await outbound.write(frame)
                    state.withLock { $0.writingSince = nil }
                }
                state.withLock { state in
                    state.bytesInFlight = 0
                    checkRoom(&state)
                }
            } catch {
                // The connection is gone: reading ends as well.
                return
            }
            if isLast { return }
        }
    }

    private static func takeFrames(_ state: inout State) -> ([WebSocketFrame], isLast: Bool) {
        if let close = state.close { return ([.closing(close.code, close.reason)], true) }
        let bytes = state.pending.bytes
        var frames = state.pending.take().map { WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: $0)) }
        state.bytesInFlight = bytes - state.pending.bytes
        if state.isPingDue { frames.append(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())) }
        state.isPingDue = false
        return (frames, false)
    }

    /// Ends a connection that shows no token in time, whose token has run out, or that takes nothing of what is
    /// written; and keeps the others warm.
    private func keepTime() async {
        guard (try? await Task.sleep(for: Self.tokenPatience)) != nil else { return }
        if state.withLock({ $0.claims == nil }) { end(.policyViolation, "no token in time") }
        while !isStuck {
            guard (try? await Task.sleep(for: Self.pingInterval)) != nil else { return }
            let now = wallClockMilliseconds()
            let isExpired = state.withLock { state in
                state.isPingDue = true
                return (state.claims?.expiresMilliseconds ?? 0) < now
            }
            if isExpired { end(.policyViolation, "the token has expired") }
            doorbell.ring()
        }
    }

    private var isStuck: Bool {
        state.withLock { state in state.writingSince.map { $0.duration(to: .now) > Self.writePatience } ?? false }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async {
        do {
            for try await message in inbound {
                switch message.opcode {
                case .text: await hear(String(buffer: message.data))
                case .ping: try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: message.data))
                case .connectionClose: return try await outbound.write(.closing(.normalClosure, ""))
                default: break
                }
            }
        } catch {
            // The connection is broken, or the guard has closed it and said why.
        }
    }

    // MARK: - From the device

    private func hear(_ text: String) async {
        guard let request = try? JSONDecoder().decode(LiveRequest.self, from: Data(text.utf8)) else {
            return say(
                LiveFrames.error(
                    "malformed", "This is no request: {\"token\"}, {\"follow\"}, {\"unfollow\"} or {\"open\"}."))
        }
        if let token = request.token { await take(token) }
        guard let claims = state.withLock({ $0.claims }) else {
            return say(LiveFrames.error("unauthenticated", "Send {\"token\": …} first."))
        }
        if let follows = request.follow { await follow(follows, claims.user) }
        if let lists = request.unfollow { unfollow(lists) }
        if let lists = request.open { open(lists) }
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
            onWelcome()
            say(
                LiveFrames.ready(
                    user: claims.user, username: claims.username, expiresMilliseconds: claims.expiresMilliseconds))
        } catch {
            end(.policyViolation, "the token is not valid")
        }
    }

    private func follow(_ requests: [LiveRequest.Follow], _ user: UserID) async {
        await withTaskGroup(of: Void.self) { group in
            for (number, request) in requests.enumerated() {
                if number >= Self.followsAtOnceMax { await group.next() }
                guard !Task.isCancelled else { return }
                group.addTask { await self.follow(request, user) }
            }
        }
    }

    private func follow(_ request: LiveRequest.Follow, _ user: UserID) async {
        guard let document = DocumentID(hex: request.list) else {
            return say(LiveFrames.error("malformed", "This is no list's id.", list: request.list))
        }
        // Followed before it is read: no change falls between. What comes meanwhile waits for the answer.
        let isRoom = state.withLock { state in
            guard state.followed.count < Self.followsMax, state.followed.insert(document).inserted else { return false }
            state.pending.hold(document)
            return true
        }
        guard isRoom || state.withLock({ $0.followed.contains(document) }) else {
            return say(
                LiveFrames.error("too_many", "At most \(Self.followsMax) lists a connection.", list: request.list))
        }
        let kind: DocumentKind = document == DocumentID.shelfDocument(user) ? .shelf : .list
        hub.follow(document, kind, self)
        let context = request.context.flatMap { Data(base64Encoded: $0) }.flatMap {
            try? Context(decoding: [UInt8]($0))
        }
        await answer(document, await hub.access.find(document, user: user, since: context))
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
            state.withLock { $0.pending.release(document) }
            doorbell.ring()
            let people = hub.presence.people(of: document)
            if !people.isEmpty { tellPresence(of: document, LiveFrames.presence(document, people)) }
            tellWhatIsOpen()
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
            state.pending.drop(document)
        }
        tellWhatIsOpen()
        hub.unfollow(document, self)
    }

    private func open(_ lists: [String]) {
        let documents = lists.compactMap(DocumentID.init(hex:))
        guard documents.count == lists.count else {
            return say(LiveFrames.error("malformed", "What is open are ids of lists."))
        }
        guard documents.count <= PresenceBoard.openMax else {
            return say(LiveFrames.error("too_many", "At most \(PresenceBoard.openMax) lists are open at once."))
        }
        state.withLock { $0.open = Set(documents) }
        tellWhatIsOpen()
    }

    /// Of what the device says that it has open, what it follows, and may.
    private func tellWhatIsOpen() {
        // Within the lock: what is told last is what holds last.
        let tells = state.withLock { state -> [PresenceBoard.OpenList] in
            guard let claims = state.claims, state.close == nil else { return [] }
            let person = PresentPerson(user: claims.user, username: claims.username)
            return hub.presence.open(number, person, state.open.filter(state.follows))
        }
        for tell in tells { tellPresence(of: tell.list, LiveFrames.presence(tell.list, tell.people)) }
    }

    /// Whoever has no role in the document follows it no more. Returns whether it still does.
    @discardableResult
    func authoriseAgain(_ document: DocumentID, _ standing: LiveAccess.Standing) -> Bool {
        guard let user = state.withLock({ $0.claims?.user }) else { return false }
        if standing.role(of: user, in: document) != nil { return true }
        drop(document)
        let reason = if case .unreachable = standing { "not_reachable" } else { "revoked" }
        say(LiveFrames.unfollowed([.init(list: document.hex, reason: reason)]))
        return false
    }
}
