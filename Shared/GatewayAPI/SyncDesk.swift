internal import Accounts
internal import ListCRDT
package import Logging
internal import Messages
internal import Metrics
internal import Observability
package import SyncProtocol

/// Answers a sync: judges each document's push, has what is allowed written together, and reads what the device lacks.
///
/// One document's trouble is its own. The common case, one document whose device lacks nothing, is one trip and no
/// read.
package struct SyncDesk: Sendable {
    let ring: any Ring
    let access: AccessDesk
    let quota: ItemQuota
    let shelves: ShelfKeeper
    let logger: Logger
    let now: @Sendable () -> UInt64

    package init(
        ring: any Ring, access: AccessDesk, shelves: ShelfKeeper, logger: Logger, now: @escaping @Sendable () -> UInt64
    ) {
        self.ring = ring
        self.access = access
        self.shelves = shelves
        self.logger = logger
        self.now = now
        quota = ItemQuota()
    }

    /// Who sends what.
    private struct Sender: Sendable {
        let caller: Caller
        let replica: ReplicaID
    }

    /// A document on its way through the desk.
    private enum Step: Sendable {
        case settled(SyncResponse.Part)
        case push(SyncRequest.Part, Delta, known: UInt64, founding: Bool)
        /// - Parameter known: of the sender's counters before the push; nil: nothing was pushed.
        case pull(SyncRequest.Part, durable: Context, known: UInt64?)
    }

    package func answer(_ request: SyncRequest, of caller: Caller) async -> SyncResponse {
        let sender = Sender(caller: caller, replica: request.replica)
        let judged = await request.documents.concurrentMap(atOnce: GatewayLimits.readsAtOnceMax) { part in
            await judge(part, sender)
        }
        let written = await write(judged, sender)
        let settled = await written.concurrentMap(atOnce: GatewayLimits.readsAtOnceMax) { await pull($0, sender) }
        return SyncResponse(serverTimeMilliseconds: now(), documents: settled)
    }

    /// The common case: one push that nothing speaks against, to a document of which all is known that it takes to judge it. It goes
    /// without a task, and `then` gets the response. False: nothing was done, `answer` is to be asked.
    package func push(
        _ request: SyncRequest, of caller: Caller, then: @escaping @Sendable (SyncResponse) -> Void
    ) -> Bool {
        let sender = Sender(caller: caller, replica: request.replica)
        guard request.documents.count == 1, let part = request.documents.first, let delta = part.delta, !delta.isEmpty,
            !delta.touches(.members), isOpen(part, to: caller), let access = access.known(part.id, part.kind),
            case .allowed(founding: false) = rules(sender).judge(delta, to: part.id, against: access),
            let known = admitted(part, delta, access, sender)
        else { return false }
        let sentAt = now()
        ring.write(submission([.init(document: part.id, delta: delta)], sender)) { results in
            let result = results.first ?? WriteResult(.unconfirmed)
            let step = took(part, delta, result, known: known, sentAt: sentAt, sender)
            if case .settled(let settled) = step {
                then(SyncResponse(serverTimeMilliseconds: now(), documents: [settled]))
            } else {
                Task(executorPreference: ServiceThread.shared) {
                    let pulled = await pull(step, sender)
                    then(SyncResponse(serverTimeMilliseconds: now(), documents: [pulled]))
                }
            }
        }
        return true
    }

    /// The sender's counters before a push, if it may be written without looking anything up.
    private func admitted(_ part: SyncRequest.Part, _ delta: Delta, _ access: Access, _ sender: Sender) -> UInt64? {
        let known = access.context.highest(of: sender.replica)
        let isFree = !part.isStale(knownCounter: known) && quota.allowsUncounted(delta, to: part.id, access.context)
        return isFree ? known : nil
    }

    private func rules(_ sender: Sender) -> PushRules {
        PushRules(user: sender.caller.user, replica: sender.replica, now: now())
    }

    private func isOpen(_ part: SyncRequest.Part, to caller: Caller) -> Bool {
        part.kind == .list || part.kind == .shelf && part.id == .shelfDocument(caller.user)
    }

    private func submission(_ writes: [Submission.Write], _ sender: Sender) -> Submission {
        Submission(
            author: sender.caller.user, username: sender.caller.username, replica: sender.replica,
            trace: sender.caller.trace, writes: writes)
    }

    // MARK: Judging

    private func judge(_ part: SyncRequest.Part, _ sender: Sender) async -> Step {
        guard isOpen(part, to: sender.caller) else { return .settled(.init(id: part.id, status: .forbidden)) }
        switch await access.lookup(part.id, part.kind, trace: sender.caller.trace) {
        case .unreachable: return .settled(.init(id: part.id, status: .notConfirmed))
        case .otherKind: return .settled(.init(id: part.id, status: .forbidden))
        case .found(let access):
            guard let delta = part.delta, !delta.isEmpty else { return judgePull(part, access, sender) }
            return await judge(delta, part, access, sender, isLastWord: false)
        }
    }

    private func judgePull(_ part: SyncRequest.Part, _ access: Access, _ sender: Sender) -> Step {
        if part.kind == .list {
            guard access.exists else { return .settled(.init(id: part.id, status: .gone)) }
            guard access.document.role(of: sender.caller.user) != nil else {
                return .settled(.init(id: part.id, status: .forbidden))
            }
        }
        return .pull(part, durable: Context(), known: nil)
    }

    private func judge(
        _ delta: Delta, _ part: SyncRequest.Part, _ access: Access, _ sender: Sender, isLastWord: Bool
    ) async -> Step {
        switch rules(sender).judge(delta, to: part.id, against: access) {
        case .refused(let status, let reason):
            return refuse(part, status, reason, access, sender)
        case .unknownDots where isLastWord:
            return refuse(part, .invalid, "it replaces operations that are not known to be durable", access, sender)
        case .unknownDots:
            let lookup = await self.access.lookup(part.id, part.kind, anew: true, trace: sender.caller.trace)
            guard case .found(let latest) = lookup else { return .settled(.init(id: part.id, status: .notConfirmed)) }
            return await judge(delta, part, latest, sender, isLastWord: true)
        case .allowed(let founding):
            return await admit(delta, part, access, sender, founding: founding)
        }
    }

    private func admit(
        _ delta: Delta, _ part: SyncRequest.Part, _ access: Access, _ sender: Sender, founding: Bool
    ) async -> Step {
        let known = access.context.highest(of: sender.replica)
        if part.isStale(knownCounter: known) {
            return refuse(part, .staleReplica, "its sender has not heard how far it is known", access, sender)
        }
        let isWithinLimit = await quota.allows(delta, to: part.id, access.context) {
            let question = ReadPayload(part.kind, .missing(since: Context()))
            let result = await ring.read(part.id, question, trace: sender.caller.trace)
            guard result.status == .found else { return nil }
            var document = Document(kind: part.kind)
            if let delta = result.delta { document.merge(delta) }
            return document
        }
        guard let isWithinLimit else { return .settled(.init(id: part.id, status: .notConfirmed)) }
        guard isWithinLimit else {
            return refuse(part, .invalid, "a list holds at most \(ListLimits.items) items", access, sender)
        }
        return .push(part, delta, known: known, founding: founding)
    }

    private func refuse(
        _ part: SyncRequest.Part, _ status: SyncStatus, _ reason: String, _ access: Access, _ sender: Sender
    ) -> Step {
        Counter(label: "larder.gateway.pushes.refused", dimensions: [("status", status.name)]).increment()
        logger.debug(
            "push refused",
            metadata: [
                "document": "\(part.id.hex)", "status": "\(status.name)", "reason": "\(reason)",
                "user": "\(sender.caller.username)",
            ])
        // To someone without a role nothing is told, not even how far the server knows them.
        let context = status == .forbidden || status == .gone ? Context() : access.context
        return .settled(
            .init(
                id: part.id, status: status, context: context, knownCounter: context.highest(of: sender.replica)))
    }

    // MARK: Writing

    /// All pushes go in one submission.
    private func write(_ steps: [Step], _ sender: Sender) async -> [Step] {
        let writes = steps.compactMap { step -> Submission.Write? in
            guard case .push(let part, let delta, _, _) = step else { return nil }
            return Submission.Write(document: part.id, delta: delta)
        }
        guard !writes.isEmpty else { return steps }
        let sentAt = now()
        let results = await ring.write(submission(writes, sender))
        var next = results.makeIterator()
        var written: [Step] = []
        for step in steps {
            guard case .push(let part, let delta, let known, let founding) = step else {
                written.append(step)
                continue
            }
            let result = next.next() ?? WriteResult(.unconfirmed)
            if result.status == .committed, !founding { await keepShelves(part.id, delta, sender.caller) }
            written.append(took(part, delta, result, known: known, sentAt: sentAt, sender))
        }
        return written
    }

    private func took(
        _ part: SyncRequest.Part, _ delta: Delta, _ result: WriteResult, known: UInt64, sentAt: UInt64, _ sender: Sender
    ) -> Step {
        switch result.status {
        case .unconfirmed, .staleEpoch: return .settled(.init(id: part.id, status: .notConfirmed))
        case .refused: return .settled(.init(id: part.id, status: .invalid))
        case .committed: break
        }
        access.confirm(part.id, result.context, pushed: delta, sentAt: sentAt)
        // What the document had of the sender beside this push it had before it, or from another life of the sender.
        let others = result.context.dots(of: sender.replica).subtracting(delta.context)
        let known = max(known, others.highest(of: sender.replica))
        // Others have written, or a home lacks what the device was shown before: only a read tells what is durable.
        guard result.context == part.context.union(delta.context) else {
            return .pull(part, durable: result.context, known: known)
        }
        return .settled(.init(id: part.id, status: .ok, context: result.context, knownCounter: known))
    }

    /// Whoever's membership a push changed finds it on their shelf, or no longer.
    private func keepShelves(_ list: DocumentID, _ delta: Delta, _ caller: Caller) async {
        guard delta.kind == .list else { return }
        for (key, _) in delta.entries where key.collection == .members {
            await shelves.promise(key.id, list, by: caller)
        }
    }

    // MARK: Reading

    private func pull(_ step: Step, _ sender: Sender) async -> SyncResponse.Part {
        switch step {
        case .settled(let part): return part
        case .push(let part, _, _, _): return .init(id: part.id, status: .notConfirmed)
        case .pull(let part, let durable, let known):
            let had = part.delta.map { part.context.union($0.context) } ?? part.context
            let question = ReadPayload(part.kind, .missing(since: had))
            let result = await ring.read(part.id, question, trace: sender.caller.trace)
            guard result.status == .found else {
                return .init(id: part.id, status: result.status == .refused ? .forbidden : .notConfirmed)
            }
            access.learn(result.context, of: part.id)
            let context = result.context.union(durable)
            return .init(
                id: part.id, status: .ok, context: context, delta: result.delta.flatMap { $0.isEmpty ? nil : $0 },
                knownCounter: known ?? context.highest(of: sender.replica))
        }
    }
}
