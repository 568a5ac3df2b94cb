package import ListCRDT
internal import SyncProtocol

/// Decides what a sync sends and when, until all that was wanted is settled or it is time to give up.
///
/// Feed it with `handle(_:now:)`, and after each call carry out every effect it returned, in their order, before the
/// next call. A document is in one request at a time, so that answers about it come in the order of what was asked. The
/// first documents wanted go first; one with many operations takes half of a request while others wait. `now` is
/// milliseconds of any one clock.
package struct SyncMachine: Sendable {
    /// A document that has something to exchange.
    package struct Work: Hashable, Sendable {
        package var id: DocumentID
        package var kind: DocumentKind
        /// Operations to push; 0: it only asks.
        package var operations: Int
        /// Their size.
        package var bytes: Int

        package init(id: DocumentID, kind: DocumentKind, operations: Int = 0, bytes: Int = 0) {
            self.id = id
            self.kind = kind
            self.operations = operations
            self.bytes = bytes
        }
    }

    /// A document's share of one request: its oldest operations, at most so many and so large.
    package struct Claim: Hashable, Sendable {
        package var id: DocumentID
        package var operations: Int
        package var bytes: Int
    }

    package enum Verdict: Hashable, Sendable {
        case settled
        /// There is more to exchange at once.
        case more(Work)
        /// The server could not confirm it: try it again later.
        case unconfirmed(Work)
    }

    package enum Failure: Error, Hashable, Sendable {
        case unreachable(String)
        case busy(retryAfterMilliseconds: UInt64?)
        case unauthorised
        case refused(String)
    }

    package enum Event: Hashable, Sendable {
        case wanted([Work])
        case answered(batch: Int, [Verdict])
        case failed(batch: Int, Failure)
        case refreshed(Bool)
        case woken
    }

    package enum Effect: Hashable, Sendable {
        case send(batch: Int, [Claim])
        case refreshSession
        case wake(atMilliseconds: UInt64)
        case finish(Outcome)
    }

    package enum Outcome: Hashable, Sendable {
        case complete
        /// What is left stays in the outbox. The reason is for people.
        case unfinished(String)
        case signedOut
        case refused(String)
    }

    package struct Limits: Sendable {
        package var requestsInFlight = 4
        package var documents = SyncFormat.documentsMax
        package var operations = SyncFormat.operationsMax
        /// Of operations in a request. The rest of the body is contexts.
        package var bytes = SyncFormat.requestBytesMax / 2
        /// How long it goes on without any progress.
        package var patienceMilliseconds: UInt64 = 0
        package var pauseMillisecondsMax: UInt64 = 5_000

        package init() {}
    }

    private struct Resting {
        var work: Work
        var until: UInt64
    }

    private let limits: Limits
    private var random: UInt64
    private var waiting: [Work] = []
    private var resting: [Resting] = []
    private var inFlight: [Int: [Work]] = [:]
    private var lastBatch = 0
    private var setbacks = 0
    private var reason = "The server has not confirmed everything yet."
    private var progressAt: UInt64
    private var pausedUntil: UInt64 = 0
    private var wakeAt: UInt64?
    private var refreshing = false
    /// The last request sent with the session before its refresh; nil: nothing has failed for the session's sake.
    private var refreshedThrough: Int?
    private var finished = false

    /// - Parameter seed: spreads pauses, so that devices do not come back all at once.
    package init(limits: Limits, seed: UInt64, now: UInt64) {
        self.limits = limits
        random = seed | 1
        progressAt = now
    }

    package mutating func handle(_ event: Event, now: UInt64) -> [Effect] {
        guard !finished else { return [] }
        switch event {
        case .wanted(let works): want(works)
        case .answered(let batch, let verdicts): settle(batch, verdicts, now)
        case .failed(let batch, let failure):
            waiting.insert(contentsOf: inFlight.removeValue(forKey: batch) ?? [], at: 0)
            if let effect = setBack(failure, of: batch, now) { return [effect] }
        case .refreshed(let succeeded):
            refreshing = false
            guard succeeded else { return finish(.signedOut) }
        case .woken: wakeAt = nil
        }
        return advance(now)
    }

    private mutating func want(_ works: [Work]) {
        let known = Set(waiting.map(\.id) + resting.map(\.work.id) + inFlight.values.joined().map(\.id))
        waiting.append(contentsOf: works.filter { !known.contains($0.id) })
    }

    private mutating func settle(_ batch: Int, _ verdicts: [Verdict], _ now: UInt64) {
        guard inFlight.removeValue(forKey: batch) != nil else { return }
        var unconfirmed: [Work] = []
        for verdict in verdicts {
            switch verdict {
            case .settled: break
            case .more(let work): waiting.append(work)
            case .unconfirmed(let work): unconfirmed.append(work)
            }
        }
        if unconfirmed.count < verdicts.count {
            setbacks = 0
            progressAt = now
            refreshedThrough = nil
        }
        guard !unconfirmed.isEmpty else { return }
        let until = now + pause()
        resting.append(contentsOf: unconfirmed.map { Resting(work: $0, until: until) })
    }

    private mutating func setBack(_ failure: Failure, of batch: Int, _ now: UInt64) -> Effect? {
        switch failure {
        case .unauthorised:
            if let refreshedThrough { return batch <= refreshedThrough ? nil : finish(.signedOut).first }
            refreshing = true
            refreshedThrough = lastBatch
            return .refreshSession
        case .refused(let why): return finish(.refused(why)).first
        case .unreachable(let why):
            reason = why
            pausedUntil = max(pausedUntil, now + pause())
        case .busy(let retryAfter):
            reason = "The server is busy."
            pausedUntil = max(pausedUntil, now + max(retryAfter ?? 0, pause()))
        }
        return nil
    }

    /// Grows with each setback in a row: half of it certain, half by chance.
    private mutating func pause() -> UInt64 {
        let full = min(limits.pauseMillisecondsMax, 200 << UInt64(min(setbacks, 10)))
        setbacks += 1
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return full / 2 + random % (full / 2 + 1)
    }

    private mutating func advance(_ now: UInt64) -> [Effect] {
        waiting.append(contentsOf: resting.filter { $0.until <= now }.map(\.work))
        resting.removeAll { $0.until <= now }
        var effects: [Effect] = []
        while !refreshing, pausedUntil <= now, inFlight.count < limits.requestsInFlight, !waiting.isEmpty {
            effects.append(nextRequest())
        }
        if refreshing || (waiting.isEmpty && resting.isEmpty && !inFlight.isEmpty) { return effects }
        if waiting.isEmpty && resting.isEmpty { return finish(.complete) }
        return effects + rest(now)
    }

    /// Waits for the end of a pause; gives up when that lies beyond the patience and no answer is under way.
    private mutating func rest(_ now: UInt64) -> [Effect] {
        let ends = resting.map(\.until) + (pausedUntil > now && !waiting.isEmpty ? [pausedUntil] : [])
        guard let next = ends.min() else { return [] }
        if inFlight.isEmpty, next > progressAt + limits.patienceMilliseconds { return finish(.unfinished(reason)) }
        if let wakeAt, wakeAt <= next { return [] }
        wakeAt = next
        return [.wake(atMilliseconds: next)]
    }

    private mutating func finish(_ outcome: Outcome) -> [Effect] {
        finished = true
        return [.finish(outcome)]
    }

    /// Fills one request from the documents that wait.
    private mutating func nextRequest() -> Effect {
        var claims: [Claim] = []
        var taken: [Work] = []
        var operations = limits.operations
        var bytes = limits.bytes
        while claims.count < limits.documents, let work = waiting.first {
            let share = waiting.count > 1 ? 2 : 1
            let wanted = min(work.operations, limits.operations / share)
            let size = work.operations == 0 ? 0 : work.bytes / work.operations * wanted
            guard claims.isEmpty || (wanted <= operations && size <= bytes) else { break }
            let room = min(bytes, limits.bytes / share)
            claims.append(Claim(id: work.id, operations: wanted, bytes: room))
            taken.append(work)
            waiting.removeFirst()
            operations -= wanted
            bytes -= min(room, size)
        }
        lastBatch += 1
        inFlight[lastBatch] = taken
        return .send(batch: lastBatch, claims)
    }
}
