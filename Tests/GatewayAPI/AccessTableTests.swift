import GatewayAPI
import ListCRDT
import Messages
import SyncProtocol
import Testing

@Suite("What the gateway remembers of who may do what")
struct AccessTableTests {
    private let id = DocumentID(high: 1, low: 1)
    private let replica = ReplicaID(rawValue: 5)

    private func context(_ last: UInt64) -> Context {
        var context = Context()
        context.insert(replica, 1...last)
        return context
    }

    private func access(_ last: UInt64, asOf: UInt64) -> Access {
        Access(document: Document(kind: .list), context: context(last), asOfMilliseconds: asOf)
    }

    @Test("It is believed for two seconds, not longer")
    func expiry() {
        var table = AccessTable()
        table.insert(access(3, asOf: 1_000), for: id, now: 1_000)
        #expect(table.value(of: id, .list, now: 2_999) != nil)
        #expect(table.value(of: id, .list, now: 3_000) == nil)
        #expect(table.value(of: id, .shelf, now: 1_000) == nil, "of another kind")
    }

    @Test("That a document does not exist is not remembered")
    func absence() {
        var table = AccessTable()
        table.insert(Access(document: Document(kind: .list), context: Context(), asOfMilliseconds: 0), for: id, now: 0)
        #expect(table.count == 0)
    }

    @Test("A commit that shows nothing new but what was pushed confirms it from the moment it was sent")
    func confirm() {
        var table = AccessTable()
        table.insert(access(3, asOf: 1_000), for: id, now: 1_000)
        table.confirm(id, context(4), pushed: Context(Dot(replica, 4)), sentAt: 2_500)
        #expect(table.value(of: id, .list, now: 4_499)?.context == context(4))
        #expect(table.value(of: id, .list, now: 4_500) == nil)
    }

    @Test("A commit that shows more may hide a change of members: it is learnt, and confirms nothing")
    func more() {
        var table = AccessTable()
        table.insert(access(3, asOf: 1_000), for: id, now: 1_000)
        table.confirm(id, context(5), pushed: Context(Dot(replica, 5)), sentAt: 2_500)
        #expect(table.value(of: id, .list, now: 2_999)?.context == context(5))
        #expect(table.value(of: id, .list, now: 3_000) == nil)
    }

    @Test("A full table drops what has run out, and everything if nothing has")
    func bound() {
        var table = AccessTable(countMax: 2)
        table.insert(access(1, asOf: 0), for: DocumentID(high: 0, low: 1), now: 0)
        table.insert(access(1, asOf: 1_500), for: DocumentID(high: 0, low: 2), now: 1_500)
        table.insert(access(1, asOf: 2_000), for: DocumentID(high: 0, low: 3), now: 2_000)
        #expect(table.count == 2)
        table.insert(access(1, asOf: 2_000), for: DocumentID(high: 0, low: 4), now: 2_000)
        #expect(table.count == 1)
    }

    @Test("What is forgotten while it is being read is not remembered")
    func forgottenInFlight() async {
        let ring = MemoryRing()
        var device = Device(.test(1, "ada"), replica: 1)
        device.found(id, now: 1)
        let delta = device.request([id]).documents[0].delta ?? Delta(kind: .list)
        _ = await ring.write(
            Submission(
                author: device.caller.user, username: "ada", replica: device.replica, trace: 0,
                writes: [.init(document: id, delta: delta)]))
        let desk = AccessDesk(ring: ForgetfulRing(ring: ring)) { 1_000 }
        await ForgetfulRing.$desk.withValue(desk) {
            _ = await desk.lookup(id, .list, trace: 0)
            _ = await desk.lookup(id, .list, trace: 0)
        }
        #expect(ring.reads.count == 2)
        _ = await desk.lookup(id, .list, trace: 0)
        _ = await desk.lookup(id, .list, trace: 0)
        #expect(ring.reads.count == 3, "and what is not, is")
    }
}

/// Has the desk forget each document while it is being read.
private struct ForgetfulRing: Ring {
    @TaskLocal static var desk: AccessDesk?
    let ring: MemoryRing

    func read(_ document: DocumentID, _ question: ReadPayload, trace: UInt64) async -> ReadResult {
        let result = await ring.read(document, question, trace: trace)
        Self.desk?.forget(document)
        return result
    }

    func write(_ submission: Submission, then: @escaping @Sendable ([WriteResult]) -> Void) {
        ring.write(submission, then: then)
    }
}
