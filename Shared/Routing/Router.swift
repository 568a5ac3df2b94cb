package import Bus
internal import ListCRDT
package import Logging
internal import Messages
internal import Metrics
internal import Observability
internal import Placement
package import Quorum
package import Redis
internal import ServiceLifecycle
internal import Synchronization

/// The router's shell: brings requests, answers, the ring's state and the time to `RouterCore` and carries its effects out.
package final class Router: Service {
    /// How often leases and the table are looked at.
    private static let viewInterval = Duration.milliseconds(250)
    /// How often it looks, at its end, whether requests are still under way.
    private static let drainInterval = Duration.milliseconds(5)

    private let redis: RedisClient
    private let sender: BusSender
    private let events: EventLog
    private let view: RingView
    private let logger: Logger
    private let core: Mutex<RouterCore>
    private let refresh = Doorbell()
    private let alarm = AlarmClock()
    private let underWay = Gauge(label: "larder_requests_under_way")
    private let isPlaced: @Sendable (Bool) -> Void

    /// `isPlaced` hears whether a placement table is known.
    package init(
        redis: RedisClient, sender: BusSender, configuration: QuorumConfiguration, logger: Logger,
        isPlaced: @escaping @Sendable (Bool) -> Void
    ) {
        self.redis = redis
        self.sender = sender
        events = EventLog(sender: sender)
        view = RingView(redis: redis)
        self.logger = logger
        core = Mutex(RouterCore(configuration: configuration, firstID: .random(in: 1...(1 << 62))))
        self.isPlaced = isPlaced
    }

    /// At a graceful shutdown it takes no more requests and answers those under way.
    package func run() async throws {
        let requests = Task(executorPreference: ServiceThread.shared) {
            await cancelWhenGracefulShutdown { await self.readRequests() }
        }
        // Not told of the shutdown: they go on until the last request is answered or has run out of time.
        let rest = Task(executorPreference: ServiceThread.shared) {
            await withTaskGroup { group in
                group.addTask { await self.watchRing() }
                group.addTask { await self.readAnswers() }
                group.addTask { while await self.alarm.wait() { self.feed(.tick) } }
                await group.waitForAll()
            }
        }
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await requests.value
            } onCancel: {
                requests.cancel()
            }
        } onGracefulShutdown: {
            requests.cancel()
        }
        while core.withLock({ $0.operationCount > 0 }), !Task.isCancelled {
            guard (try? await Task.sleep(for: Self.drainInterval)) != nil else { break }
        }
        rest.cancel()
        await rest.value
    }

    private func feed(_ event: RouterCore.Event) {
        let (effects, next) = core.withLock { ($0.handle(event, now: wallClockMilliseconds()), $0.nextAlarm) }
        for effect in effects { carryOut(effect) }
        if let next { alarm.set(at: next) }
    }

    private func carryOut(_ effect: RouterCore.Effect) {
        switch effect {
        case .send(let kind, let part, let stream, let epoch):
            if !sender.post(kind, part, to: stream, epoch: epoch) {
                logger.warning("A message was dropped: too many wait", metadata: ["kind": "\(kind)"])
            }
        case .refreshPlacement: refresh.ring()
        case .hinted(let absent, let keeper, let document):
            Counter(label: "larder_hints_total").increment()
            events.note("hint", [("absent", absent.name), ("keeper", keeper.name), ("document", document.hex)])
        case .mending(let shard, let document, let trace):
            Counter(label: "larder_read_repairs_total").increment()
            events.note(
                "repair", [("shard", shard.name), ("document", document.hex), ("trace", hexDigits(trace))])
        }
    }

    // MARK: - What it listens to

    /// Requests are acknowledged once they are handed on: what is lost after that, its asker's deadline finds.
    private func readRequests() async {
        let requests = StreamConsumer(redis, stream: Keys.ring, group: Keys.ringGroup, consumer: sender.instance)
        let decoder = EnvelopeDecoder(stream: Keys.ring, sender: sender, logger: logger)
        do {
            while let entries = try await requests.next() {
                for envelope in entries.lazy.compactMap({ decoder.envelope($0) }) {
                    for part in envelope.parts { feed(.request(envelope.kind, from: envelope.from, part)) }
                }
                sender.post(requests.commandsForAck(entries.map(\.id)))
            }
        } catch { logger.error("Requests cannot be read", metadata: ["error": "\(error)"]) }
    }

    private func readAnswers() async {
        let answers = EnvelopeTail(redis: redis, instance: sender.instance, sender: sender, logger: logger)
        while let envelopes = await answers.next() {
            for envelope in envelopes {
                for part in envelope.parts { feed(.answer(envelope.kind, part)) }
            }
        }
    }

    private func watchRing() async {
        await withTaskGroup { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.viewInterval)) != nil { self.refresh.ring() }
            }
            refresh.ring()
            while await refresh.wait() { await look() }
            group.cancelAll()
        }
    }

    private func look() async {
        underWay.record(core.withLock { $0.operationCount })
        do {
            guard let table = try await view.placement() else { return isPlaced(core.withLock { $0.epoch } > 0) }
            if table.epoch > core.withLock({ $0.epoch }) {
                logger.info(
                    "Placement taken up", metadata: ["epoch": "\(table.epoch)", "shards": "\(table.shards.count)"])
            }
            feed(.placement(table))
            feed(.absent(try await view.absent(of: table)))
            isPlaced(true)
        } catch { logger.debug("The ring could not be looked at", metadata: ["error": "\(error)"]) }
    }
}
