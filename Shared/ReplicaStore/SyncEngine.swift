internal import ListCRDT
package import SyncProtocol

/// Carries requests to the server and answers back.
package protocol SyncTransport: Sendable {
    func exchange(_ request: SyncRequest, timeout: Duration) async throws(SyncMachine.Failure) -> SyncResponse
    /// False: the person has to log in again.
    func refreshSession() async -> Bool
}

/// Carries out what `SyncMachine` decides, against a store and a server. One sync at a time runs on a data folder.
package struct SyncEngine: Sendable {
    package struct Report: Sendable {
        package var outcome: SyncMachine.Outcome
        /// Operations of this device that became durable on two of three shards.
        package var acknowledged: Int
        /// Operations that still wait.
        package var pending: Int
    }

    /// How long one request may take when there is no hurry.
    static let requestPatience = Duration.seconds(30)

    private let store: ReplicaStore
    private let transport: any SyncTransport
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now

    package init(store: ReplicaStore, transport: any SyncTransport) {
        self.store = store
        self.transport = transport
    }

    /// - Parameters:
    ///   - patience: how long it goes on without any progress.
    ///   - limit: the longest it may take altogether; nil: as long as there is progress.
    ///   - progress: is told, now and then, how many operations still wait.
    package func run(
        _ scope: SyncScope, patience: Duration, limit: Duration? = nil,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> Report {
        guard let lock = try await store.folder.lock("sync", patience: limit ?? patience) else {
            let pending = try await store.pendingCount()
            return Report(outcome: .unfinished("Another larder is syncing."), acknowledged: 0, pending: pending)
        }
        defer { _ = lock }
        let before = try await store.acknowledgedCount()
        let deadline = limit.map { clock.now + $0 }
        let outcome = try await drive(scope, patience, deadline, progress)
        if outcome == .complete { try await store.noteSynced() }
        return Report(
            outcome: outcome, acknowledged: try await store.acknowledgedCount() - before,
            pending: try await store.pendingCount())
    }

    private enum Step: Sendable {
        case machine(SyncMachine.Event)
        case answered(batch: Int, [SyncMachine.Verdict], shelf: Bool)
    }

    private func drive(
        _ scope: SyncScope, _ patience: Duration, _ deadline: ContinuousClock.Instant?,
        _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> SyncMachine.Outcome {
        var limits = SyncMachine.Limits()
        limits.patienceMilliseconds = patience.milliseconds
        var machine = SyncMachine(limits: limits, seed: .random(in: 1...(.max)), now: now)
        let work = try await store.work(in: scope)
        var wanted = Set(work.map(\.id))
        var effects = machine.handle(.wanted(work), now: now)
        return try await withThrowingTaskGroup(of: Step.self) { group in
            defer { group.cancelAll() }
            while true {
                for effect in effects {
                    if case .finish(let outcome) = effect { return outcome }
                    group.addTask { try await carryOut(effect, deadline) }
                }
                guard let step = try await group.next() else { return .complete }
                effects = []
                switch step {
                case .machine(let event): effects = machine.handle(event, now: now)
                case .answered(let batch, let verdicts, let shelf):
                    if shelf, scope == .everything {
                        let found = try await store.work(in: scope).filter { wanted.insert($0.id).inserted }
                        effects = machine.handle(.wanted(found), now: now)
                    }
                    effects += machine.handle(.answered(batch: batch, verdicts), now: now)
                    progress(try await store.pendingCount())
                }
            }
        }
    }

    private func carryOut(_ effect: SyncMachine.Effect, _ deadline: ContinuousClock.Instant?) async throws -> Step {
        switch effect {
        case .send(let batch, let claims): return try await exchange(batch, claims, deadline)
        case .refreshSession: return .machine(.refreshed(await transport.refreshSession()))
        case .wake(let at):
            try await Task.sleep(for: .milliseconds(at - min(at, now)))
            return .machine(.woken)
        case .finish: return .machine(.woken)
        }
    }

    private func exchange(
        _ batch: Int, _ claims: [SyncMachine.Claim], _ deadline: ContinuousClock.Instant?
    ) async throws -> Step {
        let packed = try await store.pack(claims)
        let timeout = min(Self.requestPatience, deadline.map { max(.zero, $0 - clock.now) } ?? Self.requestPatience)
        do throws(SyncMachine.Failure) {
            let response = try await transport.exchange(packed.request, timeout: timeout)
            return try await answered(batch, packed, response)
        } catch {
            return .machine(.failed(batch: batch, error))
        }
    }

    private func answered(
        _ batch: Int, _ packed: PackedRequest, _ response: SyncResponse
    ) async throws(SyncMachine.Failure) -> Step {
        do {
            let verdicts = try await store.apply(response, to: packed)
            return .answered(batch: batch, verdicts, shelf: packed.request.documents.contains { $0.kind == .shelf })
        } catch {
            throw .refused("The answer could not be stored: \(error)")
        }
    }

    private var now: UInt64 { (clock.now - start).milliseconds }
}

extension Duration {
    package var milliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return UInt64(max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))
    }
}
