import ListCRDT
import SyncProtocol
import TestSupport
import Testing

@Suite("The binary form of sync")
struct SyncProtocolTests {
    @Test("A request and an answer come back as they were")
    func roundTrip() throws {
        let request = Sample.request
        #expect(try SyncRequest(decoding: request.encoded()) == request)
        let response = Sample.response
        #expect(try SyncResponse(decoding: response.encoded()) == response)
    }

    @Test("The bytes of the smallest request and answer stay what they are")
    func golden() {
        let id = DocumentID(high: 1, low: 2)
        let request = SyncRequest(
            replica: ReplicaID(rawValue: 7),
            documents: [.init(id: id, kind: .shelf, context: Context(), acknowledgedCounter: 300)])
        let empty = Context().encoded()
        let identifier: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]
        #expect(
            request.encoded() == [1, 0, 0, 0, 0, 0, 0, 0, 7, 1] + identifier + [1, UInt8(empty.count)] + empty + [
                0, 0xAC, 0x02,
            ])
        let response = SyncResponse(
            serverTimeMilliseconds: 300, documents: [.init(id: id, status: .gone, knownCounter: 5)])
        #expect(
            response.encoded() == [1, 0xAC, 0x02, 1] + identifier + [2, UInt8(empty.count)] + empty + [0, 5])
    }

    @Test("Every status has the name that the API gives it")
    func names() {
        #expect(
            SyncStatus.allCases.map(\.name) == [
                "ok", "forbidden", "gone", "clock_ahead", "not_confirmed", "invalid", "stale_replica",
            ])
        for status in SyncStatus.allCases { #expect(SyncStatus(name: status.name) == status) }
        #expect(SyncStatus(name: "fine") == nil)
    }

    @Test("A push is stale when the server knows more of its sender than was acknowledged; a question never is")
    func stale() {
        var part = Sample.part(operations: 5)
        part.acknowledgedCounter = 3
        #expect(part.isStale(knownCounter: 4))
        #expect(!part.isStale(knownCounter: 3))
        part.delta = nil
        #expect(!part.isStale(knownCounter: 4))
    }

    @Test("Another version, a document named twice, and what follows the end are refused")
    func refusals() {
        var other = Sample.request.encoded()
        other[0] = 9
        #expect(throws: DecodingFailure.unsupportedVersion(9)) { try SyncRequest(decoding: other) }
        var twice = Sample.request
        twice.documents.append(twice.documents[0])
        #expect(throws: DecodingFailure.self) { try SyncRequest(decoding: twice.encoded()) }
        #expect(throws: DecodingFailure.trailingBytes) { try SyncRequest(decoding: Sample.request.encoded() + [0]) }
    }

    @Test("Past a limit a request is refused: documents, operations, bytes")
    func limits() {
        let parts = (0...UInt64(SyncFormat.documentsMax)).map { number in
            SyncRequest.Part(id: DocumentID(high: 0, low: number), kind: .list, context: Context())
        }
        let many = SyncRequest(replica: Sample.replica, documents: parts)
        #expect(throws: DecodingFailure.tooLarge) { try SyncRequest(decoding: many.encoded()) }
        let enough = SyncRequest(replica: Sample.replica, documents: Array(parts.dropLast()))
        #expect(throws: Never.self) { try SyncRequest(decoding: enough.encoded()) }
        let busy = SyncRequest(
            replica: Sample.replica, documents: [Sample.part(operations: SyncFormat.operationsMax + 1)])
        #expect(throws: DecodingFailure.tooLarge) { try SyncRequest(decoding: busy.encoded()) }
        let long = [UInt8](repeating: 0, count: SyncFormat.requestBytesMax + 1)
        #expect(throws: DecodingFailure.tooLarge) { try SyncRequest(decoding: long) }
    }

    @Test("Mutated bytes decode to something or to a typed error, never to a trap", arguments: 0..<8)
    func mutations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let originals = [Sample.request.encoded(), Sample.response.encoded()]
        for _ in 0..<4_000 {
            var bytes = originals[Int(random.next() % 2)]
            for _ in 0...(random.next() % 4) { random.mutate(&bytes) }
            if let request = try? SyncRequest(decoding: bytes) {
                #expect((try? SyncRequest(decoding: request.encoded())) == request, "seed \(seed)")
            }
            if let response = try? SyncResponse(decoding: bytes) {
                #expect((try? SyncResponse(decoding: response.encoded())) == response, "seed \(seed)")
            }
        }
    }
}
