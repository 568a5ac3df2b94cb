import ListCRDT
import ReplicaCore
import SyncProtocol
import Testing

@Suite("What an answer about one document means")
struct SyncConsequenceTests {
    @Test("What every status means, with and without a push, and when the server knows more than was acknowledged")
    func consequences() {
        let context = Context(Dot(ReplicaID(rawValue: 1), 1))
        func read(_ status: SyncStatus, known: UInt64 = 2, _ sent: SentPart) -> [SyncConsequence] {
            SyncConsequence.read(
                .init(id: .zero, status: status, context: context, delta: nil, knownCounter: known), of: sent)
        }
        let pushed = SentPart(acknowledgedCounter: 2, pushedThrough: 3)
        let asked = SentPart(acknowledgedCounter: 2)
        #expect(read(.ok, pushed) == [.acknowledge(context)])
        #expect(read(.ok, SentPart(acknowledgedCounter: 2, replaying: true)) == [.replace(nil), .acknowledge(context)])
        #expect(read(.notConfirmed, pushed) == [])
        #expect(read(.clockAhead, pushed) == [.restamp])
        #expect(read(.forbidden, pushed) == [.setAside(.forbidden)])
        #expect(read(.forbidden, asked) == [.note(.forbidden)])
        #expect(read(.gone, asked) == [.note(.gone)])
        #expect(read(.staleReplica, pushed) == [.findOut])
        for status in SyncStatus.allCases { #expect(read(status, known: 3, pushed) == [.findOut]) }
    }
}
