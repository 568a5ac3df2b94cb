internal import HeapModule
package import ListCRDT
package import Messages
package import Placement
package import Quorum

/// Runs the quorums of all requests under way.
///
/// Feed it with `handle(_:now:)` and carry out every effect it returns, in order, before the next call. Every request is answered
/// exactly once: by its outcome or at its deadline.
package struct RouterCore: ~Copyable {
    /// Requests that may be under way at once. Past it a request is answered as unconfirmed or unreachable at once.
    package static let operationsMax = 20_000
    /// No request is carried on for longer, whatever deadline it names.
    package static let patienceMilliseconds: UInt64 = 10_000

    package enum Event: Sendable {
        case request(MessageKind, from: String, Part)
        case answer(MessageKind, Part)
        case placement(PlacementTable)
        /// The shards that nobody owns now.
        case absent(Set<ShardID>)
        case tick
    }

    package enum Effect: Sendable, Equatable {
        case send(MessageKind, Part, to: String, epoch: UInt64)
        /// A shard has seen a newer placement than this router.
        case refreshPlacement
        case hinted(absent: ShardID, keeper: ShardID, document: DocumentID)
        case mending(ShardID, document: DocumentID, trace: UInt64)
    }

    /// What was asked of a shard, so that its answer finds its operation.
    private struct Ask {
        enum Purpose { case apply, answer, context, missing, mend }
        var operation: UInt64
        var shard: ShardID
        var purpose: Purpose
        var epoch: UInt64
        var askedAt: UInt64
    }

    /// A reference, for every answer changes one: the core is not copied, so nobody shares it.
    private final class Operation {
        enum Course { case write(WriteQuorum), read(ReadQuorum) }
        var course: Course
        let kind: DocumentKind
        let part: Part
        let requester: String
        /// Of a write: what the homes that committed it have.
        var contexts: [Context] = []
        /// Of a read: what was missing somewhere.
        var missing: [LoggedOperation] = []
        /// Of a read: what was asked for as a history.
        var history: [LoggedOperation] = []
        var isAnswered = false
        /// Home shards that say it can never be: when they prevent the quorum, the asker is told so.
        var refusals = 0
        /// Some shard knows a newer placement: begin again under it.
        var isStale = false
        var asks: [UInt64] = []

        init(_ course: Course, _ kind: DocumentKind, _ part: Part, _ requester: String) {
            (self.course, self.kind, self.part, self.requester) = (course, kind, part, requester)
        }
    }

    private struct Alarm: Comparable {
        enum Reason { case deadline, hedge }
        var at: UInt64
        var operation: UInt64
        var reason: Reason
        static func < (left: Alarm, right: Alarm) -> Bool { (left.at, left.operation) < (right.at, right.operation) }
    }

    private let configuration: QuorumConfiguration
    private var placement: PlacementTable?
    private var absent: Set<ShardID> = []
    private var operations: [UInt64: Operation] = [:]
    private var asks: [UInt64: Ask] = [:]
    private var alarms = Heap<Alarm>()
    private var latencies = LatencyWindow()
    private var nextID: UInt64

    /// `firstID`: drawn at random for each life, so that answers to an earlier one under the same name are nobody's.
    package init(configuration: QuorumConfiguration, firstID: UInt64 = 1) {
        self.configuration = configuration
        nextID = firstID
    }

    package var operationCount: Int { operations.count }
    package var epoch: UInt64 { placement?.epoch ?? 0 }
    /// When a `tick` is wanted, in milliseconds.
    package var nextAlarm: UInt64? { alarms.min?.at }

    package mutating func handle(_ event: Event, now: UInt64) -> [Effect] {
        var effects: [Effect] = []
        switch event {
        case .request(let kind, let from, let part): begin(kind, from, part, now, &effects)
        case .answer(let kind, let part): answered(kind, part, now, &effects)
        case .placement(let table): adopt(table, now, &effects)
        case .absent(let shards): absent = shards
        case .tick: ring(now, &effects)
        }
        return effects
    }

    // MARK: - Requests

    private mutating func begin(
        _ kind: MessageKind, _ from: String, _ part: Part, _ now: UInt64, _ effects: inout [Effect]
    ) {
        guard kind == .write || kind == .read, part.deadlineMilliseconds > now else { return }
        guard placement != nil, operations.count < Self.operationsMax else {
            return effects.append(refusal(kind, part, to: from))
        }
        let id = takeID()
        alarms.insert(
            Alarm(at: min(part.deadlineMilliseconds, now + Self.patienceMilliseconds), operation: id, reason: .deadline)
        )
        start(id, kind, part, from, now, &effects)
    }

    private mutating func start(
        _ id: UInt64, _ kind: MessageKind, _ part: Part, _ requester: String, _ now: UInt64, _ effects: inout [Effect]
    ) {
        guard let home = placement?.home(of: Partition(of: part.document)) else { return }
        // Both payloads begin with the kind of document.
        guard let documentKind = part.payload.first.flatMap(DocumentKind.init(rawValue:)) else { return }
        if kind == .write {
            let quorum = WriteQuorum(home: home, required: configuration.writes)
            operations[id] = Operation(.write(quorum), documentKind, part, requester)
            for shard in home { ask(shard, .apply, .apply, part.payload, of: id, now, &effects) }
            for shard in home where absent.contains(shard) { advance(write: id, .failed(shard), now, &effects) }
        } else {
            var quorum = ReadQuorum(home: order(home, turn: id), required: configuration.reads)
            let first = quorum.begin()
            operations[id] = Operation(.read(quorum), documentKind, part, requester)
            carryOut(first, of: id, now, &effects)
            for shard in home where absent.contains(shard) { advance(read: id, .failed(shard), now, &effects) }
            alarms.insert(Alarm(at: now + latencies.hedgeMilliseconds, operation: id, reason: .hedge))
        }
    }

    /// Homes take turns, so that reading mends each of them. Present shards first: an absent one is asked only when there is no other.
    private func order(_ home: [ShardID], turn: UInt64) -> [ShardID] {
        // Spread, so that no rhythm of reads keeps to the same homes.
        let first = Int((turn &* 0x9E37_79B9_7F4A_7C15) >> 32) % max(home.count, 1)
        let home = home[first...] + home[..<first]
        return home.filter { !absent.contains($0) } + home.filter(absent.contains)
    }

    private func refusal(_ kind: MessageKind, _ part: Part, to requester: String) -> Effect {
        let payload = kind == .write ? WriteResult(.unconfirmed).encoded : ReadResult(.unreachable).encoded
        return .send(
            kind == .write ? .written : .answer, part.with(payload: payload), to: Keys.reply(requester), epoch: epoch)
    }

    private mutating func takeID() -> UInt64 {
        defer { nextID += 1 }
        return nextID
    }

    private mutating func ask(
        _ shard: ShardID, _ purpose: Ask.Purpose, _ kind: MessageKind, _ payload: [UInt8], of operation: UInt64,
        _ now: UInt64, _ effects: inout [Effect]
    ) {
        guard !absent.contains(shard), let asking = operations[operation] else { return }
        let id = takeID()
        asks[id] = Ask(operation: operation, shard: shard, purpose: purpose, epoch: epoch, askedAt: now)
        asking.asks.append(id)
        effects.append(.send(kind, asking.part.with(id: id, payload: payload), to: Keys.shard(shard), epoch: epoch))
    }

    // MARK: - Answers

    private mutating func answered(_ kind: MessageKind, _ part: Part, _ now: UInt64, _ effects: inout [Effect]) {
        guard let index = asks.index(forKey: part.id) else { return }
        let ask = asks.values[index]
        guard operations[ask.operation]?.part.document == part.document else { return }
        asks.remove(at: index)
        switch kind {
        case .applied:
            let result = (try? WriteResult(decoding: part.payload)) ?? WriteResult(.refused)
            if result.status == .staleEpoch { return isStale(ask, now, &effects) }
            applied(ask, result, now, &effects)
        case .fetched:
            let result = (try? ReadResult(decoding: part.payload)) ?? ReadResult(.refused)
            if result.status == .staleEpoch { return isStale(ask, now, &effects) }
            latencies.add(now - min(now, ask.askedAt))
            fetched(ask, result, now, &effects)
        default: break
        }
    }

    private mutating func applied(_ ask: Ask, _ result: WriteResult, _ now: UInt64, _ effects: inout [Effect]) {
        let isCommitted = result.status == .committed
        if result.status == .refused { operations[ask.operation]?.refusals += 1 }
        if ask.purpose == .mend {
            return advance(read: ask.operation, isCommitted ? .mended(ask.shard) : .failed(ask.shard), now, &effects)
        }
        if isCommitted { operations[ask.operation]?.contexts.append(result.context) }
        advance(write: ask.operation, isCommitted ? .committed(ask.shard) : .failed(ask.shard), now, &effects)
    }

    private mutating func fetched(_ ask: Ask, _ result: ReadResult, _ now: UInt64, _ effects: inout [Effect]) {
        guard let operation = operations[ask.operation] else { return }
        if result.status == .refused { operation.refusals += 1 }
        guard result.status == .found else { return advance(read: ask.operation, .failed(ask.shard), now, &effects) }
        let delta = result.delta ?? Delta(kind: operation.kind)
        let event: ReadQuorum.Event
        switch ask.purpose {
        case .context: event = .context(ask.shard, result.context)
        case .missing:
            operation.missing += result.operations
            event = .missing(ask.shard, Delta(kind: operation.kind, joining: result.operations))
        case .answer, .apply, .mend:
            if operation.history.isEmpty { operation.history = result.operations }
            event = .answered(ask.shard, context: result.context, delta: delta)
        }
        advance(read: ask.operation, event, now, &effects)
    }

    /// The shard knows a newer placement than the one the question was asked under, which may have been taken up meanwhile.
    private mutating func isStale(_ ask: Ask, _ now: UInt64, _ effects: inout [Effect]) {
        if ask.epoch < epoch { return restart(ask.operation, now, &effects) }
        operations[ask.operation]?.isStale = true
        effects.append(.refreshPlacement)
    }

    // MARK: - The quorums

    private mutating func advance(
        write id: UInt64, _ event: WriteQuorum.Event, _ now: UInt64, _ effects: inout [Effect]
    ) {
        guard let operation = operations[id], case .write(var quorum) = operation.course else { return }
        let outcomes = quorum.handle(event)
        operation.course = .write(quorum)
        for outcome in outcomes {
            switch outcome {
            case .confirm:
                // What all of them hold: what one alone has is not durable, and must not be claimed to be.
                let contexts = operation.contexts
                let context = contexts.dropFirst().reduce(contexts.first ?? Context()) { $0.intersection($1) }
                reply(id, .written, WriteResult(.committed, context: context).encoded, &effects)
            case .leaveUnconfirmed:
                reply(id, .written, WriteResult(isRefused(id) ? .refused : .unconfirmed).encoded, &effects)
            case .hint(let absent, let keeper): hint(operation.part, absent, keeper, &effects)
            }
        }
        if quorum.isSettled { forget(id) }
    }

    private mutating func hint(_ part: Part, _ absent: ShardID, _ keeper: ShardID, _ effects: inout [Effect]) {
        guard let write = try? WritePayload(decoding: part.payload) else { return }
        let hint = HintPayload(absent: absent, dots: write.dots)
        var part = part.with(id: takeID(), payload: hint.encoded)
        part.deadlineMilliseconds = 0
        effects.append(.send(.hint, part, to: Keys.shard(keeper), epoch: epoch))
        effects.append(.hinted(absent: absent, keeper: keeper, document: part.document))
    }

    private mutating func advance(read id: UInt64, _ event: ReadQuorum.Event, _ now: UInt64, _ effects: inout [Effect])
    {
        guard let operation = operations[id], case .read(var quorum) = operation.course else { return }
        let wanted = quorum.handle(event)
        operation.course = .read(quorum)
        carryOut(wanted, of: id, now, &effects)
    }

    private mutating func carryOut(
        _ wanted: [ReadQuorum.Effect], of id: UInt64, _ now: UInt64, _ effects: inout [Effect]
    ) {
        for effect in wanted {
            guard let operation = operations[id] else { return }
            switch effect {
            case .fetch(let shard): ask(shard, .answer, .fetch, operation.part.payload, of: id, now, &effects)
            case .fetchContext(let shard):
                ask(shard, .context, .fetch, ReadPayload(operation.kind, .context).encoded, of: id, now, &effects)
            case .fetchMissing(let shard, let since):
                ask(
                    shard, .missing, .fetch, ReadPayload(operation.kind, .operations(since: since)).encoded, of: id,
                    now, &effects)
            case .mend(let shard, let delta):
                let repair = WritePayload(kind: delta.kind, operations: operation.missing)
                effects.append(.mending(shard, document: operation.part.document, trace: operation.part.trace))
                ask(shard, .mend, .apply, repair.encoded, of: id, now, &effects)
            case .answer(let context, let delta):
                let result = ReadResult(.found, context: context, delta: delta, operations: operation.history)
                reply(id, .answer, result.encoded, &effects)
                forget(id)
            case .leaveUnanswered:
                reply(id, .answer, ReadResult(isRefused(id) ? .refused : .unreachable).encoded, &effects)
                forget(id)
            }
        }
    }

    private mutating func reply(_ id: UInt64, _ kind: MessageKind, _ payload: [UInt8], _ effects: inout [Effect]) {
        guard let operation = operations[id], !operation.isAnswered else { return }
        operation.isAnswered = true
        effects.append(
            .send(kind, operation.part.with(payload: payload), to: Keys.reply(operation.requester), epoch: epoch))
    }

    /// So many homes refused that no quorum of the others is left.
    private func isRefused(_ id: UInt64) -> Bool {
        guard let operation = operations[id] else { return false }
        let required = if case .write = operation.course { configuration.writes } else { configuration.reads }
        return operation.refusals > configuration.copies - required
    }

    private mutating func forget(_ id: UInt64) {
        guard let operation = operations.removeValue(forKey: id) else { return }
        for ask in operation.asks { asks[ask] = nil }
        while let alarm = alarms.min, operations[alarm.operation] == nil { alarms.removeMin() }
    }

    // MARK: - Time and placement

    private mutating func ring(_ now: UInt64, _ effects: inout [Effect]) {
        while let alarm = alarms.min, alarm.at <= now {
            alarms.removeMin()
            guard let operation = operations[alarm.operation] else { continue }
            switch (operation.course, alarm.reason) {
            case (.write, .deadline): advance(write: alarm.operation, .deadline, now, &effects)
            case (.read, .deadline): advance(read: alarm.operation, .deadline, now, &effects)
            case (.read, .hedge): advance(read: alarm.operation, .hedge, now, &effects)
            case (.write, .hedge): break
            }
            if alarm.reason == .deadline { forget(alarm.operation) }
        }
    }

    private mutating func adopt(_ table: PlacementTable, _ now: UInt64, _ effects: inout [Effect]) {
        guard table.epoch > epoch else { return }
        placement = table
        for id in operations.filter({ $0.value.isStale }).keys.sorted() { restart(id, now, &effects) }
    }

    private mutating func restart(_ id: UInt64, _ now: UInt64, _ effects: inout [Effect]) {
        guard let operation = operations[id], !operation.isAnswered else { return }
        for ask in operation.asks { asks[ask] = nil }
        let kind: MessageKind = if case .write = operation.course { .write } else { .read }
        start(id, kind, operation.part, operation.requester, now, &effects)
    }
}
