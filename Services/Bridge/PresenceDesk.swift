import Bus
import ListCRDT
import LivePresence
import Logging
import Messages
import Redis
import ServiceLifecycle
import Synchronization

/// Shares with the other bridges which lists are open here, and learns from them. What to share and what to tell is the board's to say.
final class PresenceDesk: Service {
    /// How long what this bridge wrote is there when it does not say any more that it lives.
    static let secondsToLive: Int64 = 30
    /// Between two rounds. A lone change does not wait.
    static let pause = Duration.milliseconds(100)
    private static let beat = Duration.seconds(2)
    /// Lists of one round.
    private static let listsMax = 500

    private let redis: RedisClient
    private let instance: String
    private let logger: Logger
    private let board = Mutex(PresenceBoard())
    private let work = Doorbell()
    /// Rings when followers may have something to hear.
    private let news = Doorbell()
    private let isBeatDue = Atomic(true)
    private let sessions = Atomic<UInt64>(0)

    init(redis: RedisClient, instance: String, logger: Logger) {
        self.redis = redis
        self.instance = instance
        self.logger = logger
    }

    // MARK: - For sessions and the hub

    /// A number for a new session.
    func newSession() -> UInt64 { sessions.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Returns of the lists that the session opened those whose followers hear nothing of it, with who is there.
    func open(_ session: UInt64, _ person: PresentPerson, _ lists: Set<DocumentID>) -> [PresenceBoard.OpenList] {
        change { board in
            board.open(session, person, lists).map { .init($0, board.people(of: $0)) }
        }
    }

    func leave(_ session: UInt64) { change { $0.leave(session) } }

    func follow(_ list: DocumentID) { change { $0.follow(list) } }

    func unfollow(_ list: DocumentID) { change { $0.unfollow(list) } }

    func people(of list: DocumentID) -> [PresentPerson] { board.withLock { $0.people(of: list) } }

    /// What followers are to be told next; nil when the task is cancelled. One caller.
    func nextTells() async -> [PresenceBoard.OpenList]? {
        guard await news.wait() else { return nil }
        return board.withLock { $0.takeTells() }
    }

    private func change<Result: Sendable>(_ body: (inout PresenceBoard) -> Result) -> Result {
        let result = board.withLock { body(&$0) }
        work.ring()
        news.ring()
        return result
    }

    // MARK: - With other bridges

    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await self.share() }
                tasks.addTask { await self.listen() }
                tasks.addTask { await self.keepTime() }
            }
        }
        _ = try? await redis.send(RedisCommand("DEL", .string(Keys.open(instance))))
    }

    private func keepTime() async {
        repeat {
            isBeatDue.store(true, ordering: .relaxed)
            work.ring()
        } while (try? await Task.sleep(for: Self.beat)) != nil
    }

    /// Rounds, one after the other; each takes what came during the one before.
    private func share() async {
        // What an earlier life of this name left is not open any more.
        var isFirst = true
        while await work.wait() {
            let work = board.withLock { $0.takeWork(limit: Self.listsMax) }
            let isBeat = isBeatDue.exchange(false, ordering: .relaxed) || isFirst
            do throws(RedisError) {
                if isBeat { try await beat(isFirst: isFirst) }
                isFirst = false
                if !work.isEmpty { try await carryOut(work) }
                if work.isFull(Self.listsMax) { self.work.ring() }
            } catch {
                // At the next beat.
                board.withLock { $0.giveBack(work) }
                logger.debug("Presence not shared", metadata: ["error": "\(error)"])
            }
            guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
        }
    }

    /// Says that what this bridge wrote holds, and sees which others are up.
    private func beat(isFirst: Bool) async throws(RedisError) {
        let key = RedisArgument.string(Keys.open(instance))
        if isFirst { _ = try await redis.send(RedisCommand("DEL", key)) }
        let isThere = try await redis.send(RedisCommand("EXPIRE", key, .int(Self.secondsToLive))).int == 1
        let others = try await Instances(redis: redis).live(role: "bridge").map(\.name).filter { $0 != instance }
        change { board in
            if !isThere { board.writeAgain() }
            board.bridges(are: Set(others))
        }
    }

    private func carryOut(_ work: PresenceBoard.Work) async throws(RedisError) {
        let replies = try await redis.pipeline(
            writes(work.writes)
                + work.looks.map { look in
                    RedisCommand(
                        "HMGET", arguments: [.string(Keys.open(look.bridge))] + look.lists.map { .string($0.hex) })
                })
        if let refusal = replies.lazy.compactMap(\.refusal).first { throw .server(refusal) }
        let found = zip(work.looks, replies.suffix(work.looks.count))
        change { board in
            for (look, reply) in found {
                for (list, text) in zip(look.lists, reply.array ?? []) {
                    board.found(PresenceText.people(in: text.string ?? ""), at: look.bridge, of: list)
                }
            }
        }
    }

    /// What is written is there before others hear of it.
    private func writes(_ writes: [PresenceBoard.OpenList]) -> [RedisCommand] {
        guard !writes.isEmpty else { return [] }
        let key = RedisArgument.string(Keys.open(instance))
        let open = writes.filter { !$0.people.isEmpty }.flatMap { write -> [RedisArgument] in
            [.string(write.list.hex), .string(PresenceText.text(of: write.people))]
        }
        let closed = writes.filter(\.people.isEmpty).map { RedisArgument.string($0.list.hex) }
        var commands: [RedisCommand] = []
        if !open.isEmpty { commands.append(RedisCommand("HSET", arguments: [key] + open)) }
        if !closed.isEmpty { commands.append(RedisCommand("HDEL", arguments: [key] + closed)) }
        let fields: [(String, RedisArgument)] = [
            ("kind", "presence"), ("from", .string(instance)),
            ("lists", .string(PresenceText.text(of: writes.map(\.list)))),
        ]
        return commands + [
            RedisCommand("EXPIRE", key, .int(Self.secondsToLive)),
            .xadd(Keys.presence, fields, maxLength: StreamBounds.presenceEntriesMax),
        ]
    }

    /// Hears what changed at other bridges.
    private func listen() async {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do throws(RedisError) { try await follow() } catch {
                logger.debug("Presence not heard", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func follow() async throws(RedisError) {
        let tail = StreamTail(redis, stream: Keys.presence, from: .now)
        try await tail.prepare()
        change { $0.lookAgain() }
        while let entries = try await tail.next() {
            for entry in entries {
                guard let bridge = entry.text("from"), bridge != instance, let lists = entry.text("lists") else {
                    continue
                }
                change { $0.changed(at: bridge, PresenceText.lists(in: lists)) }
            }
        }
    }
}

extension PresenceBoard.Work {
    fileprivate func isFull(_ limit: Int) -> Bool {
        writes.count >= limit || looks.contains { $0.lists.count >= limit }
    }
}

extension RedisValue {
    fileprivate var refusal: String? { if case .error(let text) = self { text } else { nil } }
}
