import ListCRDT
import LivePresence
import Logging
import Messages
import Metrics
import Placement
import ServiceLifecycle
import Synchronization
import ZeroMQ

/// Who follows what. Brings each change to its followers, and every now and then tells them where their documents stand, if they may still
/// know.
final class LiveHub: Service {
    /// Bytes that may wait for all devices together. Past it those for whom more than `bytesSpared` wait are
    /// disconnected, and sync.
    static let bytesWaitingMax = 32 << 20
    static let bytesSpared = 64 << 10
    private static let digestInterval = Duration.seconds(20)
    /// Documents that are asked for at once.
    private static let digestsAtOnceMax = 16

    private struct Follows {
        var sessions: [DocumentID: [ObjectIdentifier: LiveSession]] = [:]
        var kinds: [DocumentID: DocumentKind] = [:]
        /// Followed documents a partition.
        var partitions: [Partition: Int] = [:]
    }

    let access: LiveAccess
    let presence: PresenceDesk
    private let subscriber: ZeroMQSubscriber
    private let logger: Logger
    private let follows = Mutex(Follows())
    private let bytesWaiting = Atomic(0)

    init(subscriber: ZeroMQSubscriber, access: LiveAccess, presence: PresenceDesk, logger: Logger) {
        self.subscriber = subscriber
        self.access = access
        self.presence = presence
        self.logger = logger
    }

    func follow(_ document: DocumentID, _ kind: DocumentKind, _ session: LiveSession) {
        let partition = Partition(of: document)
        let isFirst = follows.withLock { follows in
            follows.kinds[document] = kind
            if follows.sessions[document] == nil {
                follows.partitions[partition, default: 0] += 1
                presence.follow(document)
            }
            follows.sessions[document, default: [:]][ObjectIdentifier(session)] = session
            return follows.partitions[partition] == 1
        }
        if isFirst, !subscriber.subscribe(prefix: LiveChange.topic(of: partition)) {
            logger.error("Not subscribed: too many subscriptions", metadata: ["partition": "\(partition)"])
        }
    }

    func unfollow(_ document: DocumentID, _ session: LiveSession) {
        let partition = Partition(of: document)
        let isLast = follows.withLock { follows in
            guard follows.sessions[document]?.removeValue(forKey: ObjectIdentifier(session)) != nil,
                follows.sessions[document]?.isEmpty == true
            else { return false }
            follows.sessions[document] = nil
            follows.kinds[document] = nil
            presence.unfollow(document)
            let left = (follows.partitions[partition] ?? 1) - 1
            follows.partitions[partition] = left == 0 ? nil : left
            return left == 0
        }
        if isLast { subscriber.unsubscribe(prefix: LiveChange.topic(of: partition)) }
    }

    /// Whether a device for whom `bytes` wait, `more` of them since it was asked last, is in the way of others.
    func isTooMuch(_ bytes: Int, more: Int) -> Bool {
        let all = bytesWaiting.wrappingAdd(more, ordering: .relaxed).newValue
        return all > Self.bytesWaitingMax && bytes > Self.bytesSpared
    }

    private func followers(of document: DocumentID) -> [LiveSession] {
        follows.withLock { $0.sessions[document].map { Array($0.values) } ?? [] }
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await self.tellDigests() }
                tasks.addTask { await self.tellPresence() }
                for await frames in self.subscriber.messages { self.pass(frames, in: &tasks) }
                tasks.cancelAll()
            }
        }
    }

    private func pass(_ frames: [[UInt8]], in tasks: inout DiscardingTaskGroup) {
        do throws(DecodingFailure) {
            let change = try LiveChange(frames: frames)
            let sessions = followers(of: change.document)
            let size = frames.reduce(0) { $0 + $1.count }
            for session in sessions { session.pass(change, size: size) }
            if !sessions.isEmpty, change.delta.touches(.members) {
                tasks.addTask { await self.authoriseAgain(change.document) }
            }
            Counter(label: "larder_live_passed_total").increment(by: sessions.count)
        } catch { logger.warning("A change cannot be decoded", metadata: ["error": "\(error)"]) }
    }

    /// A list's members changed: whoever has no role any more follows no more. Where that cannot be read, better a follow too few than one
    /// too many.
    private func authoriseAgain(_ document: DocumentID) async {
        let standing = await access.standing(of: document, kind: .list)
        for session in followers(of: document) { session.authoriseAgain(document, standing) }
    }

    private func tellPresence() async {
        while let tells = await presence.nextTells() {
            for tell in tells {
                let text = LiveFrames.presence(tell.list, tell.people)
                for session in followers(of: tell.list) { session.tellPresence(of: tell.list, text) }
            }
            guard (try? await Task.sleep(for: PresenceDesk.pause)) != nil else { return }
        }
    }

    /// One question a followed document, however many follow it.
    private func tellDigests() async {
        while (try? await Task.sleep(for: Self.digestInterval)) != nil {
            let kinds = follows.withLock { $0.kinds }
            await withTaskGroup(of: Void.self) { tasks in
                for (number, followed) in kinds.enumerated() {
                    if number >= Self.digestsAtOnceMax { await tasks.next() }
                    tasks.addTask { await self.tellDigest(of: followed.key, followed.value) }
                }
            }
        }
    }

    private func tellDigest(of document: DocumentID, _ kind: DocumentKind) async {
        let standing = await access.standing(of: document, kind: kind)
        // What is out of reach now stands where it stood.
        if case .unreachable = standing { return }
        for session in followers(of: document) where session.authoriseAgain(document, standing) {
            guard case .found(let context, _) = standing else { continue }
            session.say(LiveFrames.digest(document, context))
        }
    }
}
