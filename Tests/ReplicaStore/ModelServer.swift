import ListCRDT
import ReplicaStore
import SyncProtocol
import Synchronization
import TestSupport

/// The dumbest server that keeps the promises of sync: whole documents in memory, one request after the other.
final class ModelServer: Sendable {
    static let aheadMillisecondsMax: UInt64 = 60_000

    let clock = TestClock()
    private let documents = Mutex<[DocumentID: Document]>([:])
    private let refusals = Mutex<[DocumentID: SyncStatus]>([:])

    func document(_ id: DocumentID) -> Document? { documents.withLock { $0[id] } }

    /// From now on a document answers with this status; pulls are let through unless they are `forbidden` too.
    func refuse(_ id: DocumentID, _ status: SyncStatus?) { refusals.withLock { $0[id] = status } }

    func answer(_ request: SyncRequest) -> SyncResponse {
        let parts = request.documents.map { part in
            documents.withLock { answer(part, from: request.replica, &$0) }
        }
        return SyncResponse(serverTimeMilliseconds: clock.now, documents: parts)
    }

    private func answer(
        _ part: SyncRequest.Part, from sender: ReplicaID, _ documents: inout [DocumentID: Document]
    ) -> SyncResponse.Part {
        var document = documents[part.id] ?? Document(kind: part.kind)
        let known = document.context.highest(of: sender)
        func answer(_ status: SyncStatus) -> SyncResponse.Part {
            let delta = document.delta(since: part.context)
            return .init(
                id: part.id, status: status, context: document.context,
                delta: status == .ok && !delta.isEmpty ? delta : nil, knownCounter: known)
        }
        if let delta = part.delta {
            if let status = refusals.withLock({ $0[part.id] }) { return answer(status) }
            if part.isStale(knownCounter: known) { return answer(.staleReplica) }
            guard (try? delta.checkPush(from: sender)) != nil else { return answer(.invalid) }
            let latest = delta.latestStamp?.milliseconds ?? 0
            guard latest <= clock.now + Self.aheadMillisecondsMax else { return answer(.clockAhead) }
            document.merge(delta)
            documents[part.id] = document
        }
        return answer(document.context.isEmpty ? .gone : .ok)
    }
}

/// The way to it, over which requests and answers get lost, come twice, and come late. Through the binary form.
final class ModelTransport: SyncTransport {
    struct Faults: Sendable {
        /// Percent of requests.
        var lostRequests: UInt64 = 0
        var lostAnswers: UInt64 = 0
        var repeated: UInt64 = 0
        var unreachable = false
    }

    private let server: ModelServer
    private let state: Mutex<(random: SeededRandom, faults: Faults, requests: [SyncRequest])>

    init(_ server: ModelServer, seed: UInt64) {
        self.server = server
        state = Mutex((SeededRandom(seed: seed), Faults(), []))
    }

    func set(_ faults: Faults) { state.withLock { $0.faults = faults } }

    var requests: [SyncRequest] { state.withLock { $0.requests } }

    func exchange(_ request: SyncRequest, timeout: Duration) async throws(SyncMachine.Failure) -> SyncResponse {
        let (lost, lostAnswer, repeated) = state.withLock { state in
            state.requests.append(request)
            let faults = state.faults
            return (
                faults.unreachable || state.random.next() % 100 < faults.lostRequests,
                state.random.next() % 100 < faults.lostAnswers, state.random.next() % 100 < faults.repeated
            )
        }
        do {
            let received = try SyncRequest(decoding: request.encoded())
            if lost { throw SyncMachine.Failure.unreachable("lost") }
            let response = server.answer(received)
            if lostAnswer { throw SyncMachine.Failure.unreachable("answer lost") }
            if repeated { _ = server.answer(received) }  // the network delivered it again, later
            return try SyncResponse(decoding: response.encoded())
        } catch let failure as SyncMachine.Failure {
            throw failure
        } catch {
            throw .refused("\(error)")
        }
    }

    func refreshSession() async -> Bool { false }
}
