package import ListCRDT
package import Logging
package import Messages
package import Redis
internal import Observability
internal import ServiceLifecycle
internal import Synchronization

/// Asks over the bus and waits for the answers, which arrive on this instance's own reply stream.
package final class Correspondent: Service {
    /// Questions that may be open at once. Past it `ask` answers nil at once.
    package static let openMax = 20_000

    private struct Open {
        /// From a random number on: an answer to a question of an earlier life under the same name is nobody's.
        var nextID = UInt64.random(in: 1...(1 << 62))
        var questions: [UInt64: Question] = [:]
    }

    private struct Question {
        var deadlineMilliseconds: UInt64
        var asker: Asker
    }

    private enum Asker {
        case one(@Sendable ([UInt8]?) -> Void)
        case several(Gathering, index: Int)

        func take(_ answer: [UInt8]?) {
            switch self {
            case .one(let then): then(answer)
            case .several(let gathering, let index): gathering.take(answer, at: index)
            }
        }
    }

    package let sender: BusSender
    private let redis: RedisClient
    private let logger: Logger
    private let open = Mutex(Open())
    private let alarm = AlarmClock()

    package var instance: String { sender.instance }

    package init(redis: RedisClient, sender: BusSender, logger: Logger) {
        self.redis = redis
        self.sender = sender
        self.logger = logger
    }

    /// Reads one document at the ring. `unreachable` when the deadline passes.
    package func read(
        _ document: DocumentID, _ payload: ReadPayload, trace: UInt64, deadlineMilliseconds: UInt64
    ) async -> ReadResult {
        let answer = await withCheckedContinuation { continuation in
            ask(deadlineMilliseconds: deadlineMilliseconds) { id in
                post(.read, document, payload.encoded, id, trace, deadlineMilliseconds)
            } then: {
                continuation.resume(returning: $0)
            }
        }
        guard let answer, let result = try? ReadResult(decoding: answer) else { return ReadResult(.unreachable) }
        return result
    }

    /// Writes to one document at the ring and tells `then` what came of it: `unconfirmed` when the deadline passes. `then` must not
    /// block.
    package func write(
        _ document: DocumentID, _ payload: WritePayload, trace: UInt64, deadlineMilliseconds: UInt64,
        then: @escaping @Sendable (WriteResult) -> Void
    ) {
        ask(deadlineMilliseconds: deadlineMilliseconds) { id in
            post(.write, document, payload.encoded, id, trace, deadlineMilliseconds)
        } then: { answer in
            then(answer.flatMap { try? WriteResult(decoding: $0) } ?? WriteResult(.unconfirmed))
        }
    }

    private func post(
        _ kind: MessageKind, _ document: DocumentID, _ payload: [UInt8], _ id: UInt64, _ trace: UInt64,
        _ deadline: UInt64
    ) -> Bool {
        let part = Part(id: id, document: document, trace: trace, deadlineMilliseconds: deadline, payload: payload)
        return sender.post(kind, part, to: Keys.ring)
    }

    /// Sends a question under a new correlation id and tells the payload of its answer; nil when the deadline passes or the
    /// question could not be put in line (`send` says false).
    private func ask(
        deadlineMilliseconds: UInt64, send: (UInt64) -> Bool, then: @escaping @Sendable ([UInt8]?) -> Void
    ) {
        let id = open.withLock { open -> UInt64? in
            guard open.questions.count < Self.openMax else { return nil }
            defer { open.nextID += 1 }
            open.questions[open.nextID] = Question(deadlineMilliseconds: deadlineMilliseconds, asker: .one(then))
            return open.nextID
        }
        guard let id else { return then(nil) }
        alarm.set(at: deadlineMilliseconds)
        if !send(id) { settle(id, nil) }
    }

    /// Sends several questions at once, under ids of their own, and tells their answers in order when all are there: nil for
    /// one that had none by the deadline, for all if they could not be put in line. `then` must not block.
    package func ask(
        _ count: Int, deadlineMilliseconds: UInt64, send: ([UInt64]) -> Bool,
        then: @escaping @Sendable ([[UInt8]?]) -> Void
    ) {
        guard count > 0 else { return then([]) }
        let gathering = Gathering(count, then)
        let ids = open.withLock { open -> [UInt64]? in
            guard open.questions.count + count <= Self.openMax else { return nil }
            defer { open.nextID += UInt64(count) }
            return (0..<count).map { index in
                let id = open.nextID + UInt64(index)
                open.questions[id] = Question(
                    deadlineMilliseconds: deadlineMilliseconds, asker: .several(gathering, index: index))
                return id
            }
        }
        guard let ids else { return then(Array(repeating: nil, count: count)) }
        alarm.set(at: deadlineMilliseconds)
        if !send(ids) { for id in ids { settle(id, nil) } }
    }

    private func settle(_ id: UInt64, _ payload: [UInt8]?) {
        open.withLock { $0.questions.removeValue(forKey: id) }?.asker.take(payload)
    }

    /// Takes answers in and ends the questions whose deadline has passed, until shutdown; then ends them all.
    package func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await self.readAnswers() }
                group.addTask { await self.expire() }
            }
        }
        let askers = open.withLock { open in
            defer { open.questions = [:] }
            return open.questions.values.map(\.asker)
        }
        for asker in askers { asker.take(nil) }
    }

    private func readAnswers() async {
        let replies = EnvelopeTail(redis: redis, instance: instance, sender: sender, logger: logger)
        while let envelopes = await replies.next() {
            for part in envelopes.lazy.flatMap(\.parts) { settle(part.id, part.payload) }
        }
    }

    private func expire() async {
        while await alarm.wait() {
            let now = wallClockMilliseconds()
            let (late, next) = open.withLock { open in
                let ids = open.questions.filter { $0.value.deadlineMilliseconds <= now }.keys
                let late = ids.compactMap { open.questions.removeValue(forKey: $0) }
                return (late, open.questions.values.lazy.map(\.deadlineMilliseconds).min())
            }
            for question in late { question.asker.take(nil) }
            if let next { alarm.set(at: next) }
        }
    }
}

/// The answers to questions that were asked together.
private final class Gathering: Sendable {
    private struct State {
        var answers: [[UInt8]?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let whole: @Sendable ([[UInt8]?]) -> Void

    init(_ count: Int, _ whole: @escaping @Sendable ([[UInt8]?]) -> Void) {
        state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
        self.whole = whole
    }

    /// Once for each index.
    func take(_ answer: [UInt8]?, at index: Int) {
        let complete = state.withLock { state -> [[UInt8]?]? in
            state.answers[index] = answer
            state.missing -= 1
            return state.missing == 0 ? state.answers : nil
        }
        if let complete { whole(complete) }
    }
}
