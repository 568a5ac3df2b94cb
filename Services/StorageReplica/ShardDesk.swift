import Bus
import ListCRDT
import Logging
import Messages
import Metrics
import Placement
import Postgres
import Redis
import ServiceLifecycle
import ShardStore
import Synchronization

/// Works off what arrives for a shard. Writes go to one task, so that batches of a shard do not overlap; reads to another, so that
/// they do not wait for writes. In each, what arrives while a batch is under way is the next batch.
struct ShardDesk: Sendable {
    /// Parts in one transaction.
    private static let batchPartsMax = 512
    /// Envelopes taken in and not yet worked off; past it the stream waits.
    private static let waitingMax = 1_024

    private let lease: ShardLease
    private let keeper: PlacementKeeper
    private let bus: BusServices
    private let pool: PostgresPool
    private let writer: ShardWriter
    private let reader: ShardReader
    private let consumer: StreamConsumer
    private let stream: String
    private let logger: Logger
    private let writes = Intake(capacity: waitingMax)
    private let reads = Intake(capacity: waitingMax)

    init(
        shard: ShardID, lease: ShardLease, keeper: PlacementKeeper, bus: BusServices, pool: PostgresPool,
        owner: ShardOwner,
        logger: Logger
    ) {
        self.lease = lease
        self.keeper = keeper
        self.bus = bus
        self.pool = pool
        self.logger = logger
        let cache = VersionCache()
        writer = ShardWriter(pool: pool, ownerNumber: owner.number, cache: cache)
        reader = ShardReader(pool: pool, cache: cache)
        stream = Keys.shard(shard)
        // One name for all owners: a new owner finds at once what the last one left.
        consumer = StreamConsumer(bus.redis, stream: stream, group: Keys.shardGroup, consumer: "owner")
    }

    /// Until shutdown (what was taken is finished) or until the lease or the ownership is lost (nothing more is answered).
    func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await self.takeIn() }
            group.addTask { try await self.work(self.writes) { try await self.write($0) } }
            group.addTask { try await self.work(self.reads) { try await self.read($0) } }
            // The first to end is the one that takes in (shutdown), or one that failed.
            do { try await group.next() } catch {
                group.cancelAll()
                throw error
            }
            writes.close()
            reads.close()
            try await group.waitForAll()
        }
    }

    private func takeIn() async {
        let decoder = EnvelopeDecoder(stream: stream, sender: bus.sender, logger: logger)
        do {
            try await cancelWhenGracefulShutdown {
                while let entries = try await consumer.next() {
                    for entry in entries { await takeIn(entry, decoder) }
                }
            }
        } catch { logger.error("The shard's stream cannot be read", metadata: ["error": "\(error)"]) }
    }

    private func takeIn(_ entry: StreamEntry, _ decoder: EnvelopeDecoder) async {
        guard let envelope = decoder.envelope(entry) else {
            bus.sender.post(consumer.commandsForAck([entry.id]))
            return
        }
        await (envelope.kind == .fetch ? reads : writes).put(.init(entry: entry.id, envelope: envelope))
    }

    private func work(_ intake: Intake, _ handle: ([Intake.Item]) async throws -> Void) async throws {
        while let items = await intake.take(partsMax: Self.batchPartsMax) {
            guard lease.isValid else { throw ShardFailure.ownershipLost }
            try await handle(items)
            bus.sender.post(consumer.commandsForAck(items.map(\.entry)))
        }
    }

    // MARK: - Writes

    private struct Write {
        var part: Part
        var from: String
        var request: ApplyRequest
    }

    private func write(_ items: [Intake.Item]) async throws {
        let now = wallClockMilliseconds()
        var batch: [Write] = []
        var hints: [(document: DocumentID, hint: HintPayload)] = []
        for (from, epoch, kind, part) in items.flatMap(\.parts) where !part.isLate(now: now) {
            switch kind {
            case .hint:
                if let hint = try? HintPayload(decoding: part.payload) { hints.append((part.document, hint)) }
            case .apply where epoch < keeper.current?.epoch ?? 0:
                reply(.applied, WriteResult(.staleEpoch).encoded, to: part, from)
            case .apply:
                if let payload = try? WritePayload(decoding: part.payload) {
                    batch.append(
                        Write(part: part, from: from, request: .init(document: part.document, payload: payload)))
                } else {
                    reply(.applied, WriteResult(.refused).encoded, to: part, from)
                }
            default: break
            }
        }
        if !batch.isEmpty { try await commit(batch) }
        if !hints.isEmpty { try await note(hints) }
    }

    private func commit(_ batch: [Write]) async throws {
        let started = ContinuousClock.now
        do throws(ShardFailure) {
            let contexts = try await writer.apply(batch.map(\.request))
            for (write, context) in zip(batch, contexts) {
                let result = context.map { WriteResult(.committed, context: $0) } ?? WriteResult(.refused)
                reply(.applied, result.encoded, to: write.part, write.from)
            }
            Timer(label: "larder_shard_commit_seconds").recordNanoseconds(started.duration(to: .now).nanoseconds)
            Recorder(label: "larder_shard_batch_parts").record(batch.count)
        } catch {
            try await failed(batch, error)
        }
    }

    /// One bad write must not fail the others: what the server refused as a batch is tried one by one.
    private func failed(_ batch: [Write], _ failure: ShardFailure) async throws {
        if case .ownershipLost = failure { throw failure }
        logger.warning("A batch was not committed", metadata: ["error": "\(failure)", "parts": "\(batch.count)"])
        guard batch.count > 1, failure.isOfOneDocument else {
            let status: WriteResult.Status = failure.isOfOneDocument ? .refused : .unconfirmed
            for write in batch { reply(.applied, WriteResult(status).encoded, to: write.part, write.from) }
            return
        }
        for write in batch { try await commit([write]) }
    }

    private func note(_ hints: [(document: DocumentID, hint: HintPayload)]) async throws {
        do throws(ShardFailure) { try await writer.record(hints) } catch {
            if case .ownershipLost = error { throw error }
            logger.warning("Hints were not recorded", metadata: ["error": "\(error)", "hints": "\(hints.count)"])
        }
    }

    // MARK: - Reads

    private struct Read {
        var part: Part
        var from: String
        var request: FetchRequest
    }

    private func read(_ items: [Intake.Item]) async throws {
        let now = wallClockMilliseconds()
        var asked: [Read] = []
        for (from, epoch, _, part) in items.flatMap(\.parts) where !part.isLate(now: now) {
            if epoch < keeper.current?.epoch ?? 0 {
                reply(.fetched, ReadResult(.staleEpoch).encoded, to: part, from)
            } else if let question = try? ReadPayload(decoding: part.payload) {
                asked.append(Read(part: part, from: from, request: .init(document: part.document, question: question)))
            } else {
                reply(.fetched, ReadResult(.refused).encoded, to: part, from)
            }
        }
        if !asked.isEmpty { try await answer(asked) }
    }

    /// One unreadable document must not fail the others: what fails together is tried in halves.
    private func answer(_ asked: [Read]) async throws {
        do throws(ShardFailure) {
            let results = try await reader.fetch(asked.map(\.request))
            guard lease.isValid else { throw ShardFailure.ownershipLost }
            for (ask, result) in zip(asked, results) { reply(.fetched, result.encoded, to: ask.part, ask.from) }
        } catch {
            if case .ownershipLost = error { throw error }
            logger.warning("Reads failed", metadata: ["error": "\(error)", "parts": "\(asked.count)"])
            guard asked.count > 1, error.isOfOneDocument else {
                for ask in asked { reply(.fetched, ReadResult(.unreachable).encoded, to: ask.part, ask.from) }
                return
            }
            try await answer(Array(asked[..<(asked.count / 2)]))
            try await answer(Array(asked[(asked.count / 2)...]))
        }
    }

    private func reply(_ kind: MessageKind, _ payload: [UInt8], to part: Part, _ instance: String) {
        if !bus.sender.post(
            kind, part.with(payload: payload), to: Keys.reply(instance), epoch: keeper.current?.epoch ?? 0)
        {
            logger.warning("An answer was dropped: too many wait")
        }
    }
}

extension ShardFailure {
    /// Something in the batch itself cannot be written or read; the shard is well otherwise.
    fileprivate var isOfOneDocument: Bool {
        switch self {
        case .ownershipLost: false
        case .corrupt: true
        case .postgres(.server(let sqlState, _)): ["21", "22", "23"].contains(sqlState.prefix(2))
        case .postgres: false
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
