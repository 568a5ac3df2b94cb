import ListCRDT
import Messages
import Placement
import Redis
import Testing

@Suite("What services say to one another")
struct MessagesTests {
    private static let replica = ReplicaID(rawValue: 5)

    private static func delta() -> Delta {
        var document = Document(kind: .list)
        let key = EntryKey(.items, EntryID(dot: Dot(replica, 1)))
        var delta = document.edit(
            key, [.set(.name, .string("milk"))], dot: Dot(replica, 1), stamp: Stamp(time: 1 << 16, replica: replica))
        delta.merge(
            document.edit(
                key, [.set(.checked, .bool(true))], dot: Dot(replica, 2), stamp: Stamp(time: 2 << 16, replica: replica))
        )
        return delta
    }

    @Test("A delta comes apart into one operation an entry, the last on it, and they join into the same delta")
    func operations() {
        let delta = Self.delta()
        let operations = LoggedOperation.operations(of: Self.replica, in: delta, author: .zero, atMilliseconds: 1)
        #expect(operations.map(\.dot.counter) == [2])
        #expect(Delta(kind: .list, joining: operations) == delta)
        #expect(Delta(kind: .list, joining: operations.reversed()) == delta)
    }

    @Test("Every payload and envelope is read back as it was written")
    func roundTrips() throws {
        let delta = Self.delta()
        let operations = LoggedOperation.operations(
            of: Self.replica, in: delta, author: UserID(high: 1, low: 2), atMilliseconds: 1)
        let write = WritePayload(kind: .list, operations: operations)
        #expect(try WritePayload(decoding: write.encoded) == write)
        let result = WriteResult(.committed, context: delta.context)
        #expect(try WriteResult(decoding: result.encoded) == result)
        let questions: [ReadPayload.What] = [
            .missing(since: delta.context), .operations(since: Context()), .access, .entries([.head]),
            .history(limit: 7),
            .context,
        ]
        for what in questions {
            let question = ReadPayload(.shelf, what)
            #expect(try ReadPayload(decoding: question.encoded) == question)
        }
        let answer = ReadResult(.found, context: delta.context, delta: delta, operations: operations)
        #expect(try ReadResult(decoding: answer.encoded) == answer)
        let change = LiveChange(
            document: .zero, author: .zero, username: "ana", atMilliseconds: 3, trace: 4, delta: delta)
        #expect(try LiveChange(frames: change.frames) == change)
        let envelope = Envelope(
            kind: .apply, from: "router-1", epoch: 3,
            parts: [Part(id: 1, document: .zero, trace: 2, deadlineMilliseconds: 9, payload: write.encoded)])
        #expect(try Envelope(Self.entry(envelope)) == envelope)
    }

    @Test("A job's JSON is read back as it was written")
    func job() throws {
        let pushes = ["ana", "bob"].map { name in
            SyncJob.Push(
                document: .zero, id: 4, delta: Self.delta().encoded(), author: .zero, username: name,
                replica: Self.replica, atMilliseconds: 1, deadlineMilliseconds: 2, trace: 3)
        }
        let job = SyncJob(from: "gateway-1", pushes: pushes)
        #expect(try SyncJob(json: try job.json()) == job)
        #expect(throws: DecodingFailure.self) { try SyncJob(json: "{}") }
    }

    @Test("An entry's fields are words a person can read")
    func readable() {
        let part = Part(id: 1, document: DocumentID(high: 1, low: 2), trace: 0xAB, deadlineMilliseconds: 9, payload: [])
        let fields = Envelope(kind: .write, from: "batcher-1", epoch: 3, parts: [part, part]).fields.dropLast()
        #expect(
            fields.map { "\($0.0)=\($0.1)" } == [
                "kind=\(RedisArgument.string("write"))", "from=\(RedisArgument.string("batcher-1"))",
                "epoch=\(RedisArgument.string("3"))",
                "document=\(RedisArgument.string("00000000000000010000000000000002"))",
                "trace=\(RedisArgument.string("00000000000000ab"))", "deadline=\(RedisArgument.string("9"))",
            ])
    }

    @Test("Cut or changed bytes give a typed error, never a trap")
    func malformed() {
        let delta = Self.delta()
        let operations = LoggedOperation.operations(of: Self.replica, in: delta, author: .zero, atMilliseconds: 1)
        let bytes = WritePayload(kind: .list, operations: operations).encoded
        for length in bytes.indices {
            #expect(throws: DecodingFailure.self) { try WritePayload(decoding: Array(bytes[..<length])) }
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] = .random(in: .min ... .max, using: &random)
            _ = try? WritePayload(decoding: changed)
            _ = try? ReadResult(decoding: changed)
        }
    }

    @Test("A change in words names what it touches")
    func words() {
        #expect(ChangeWords.describe(Self.delta()) == "milk: checked")
        #expect(ChangeWords.touches(Self.delta()) == "items")
    }

    private static func entry(_ envelope: Envelope) -> StreamEntry {
        StreamEntry(
            id: "1-1",
            fields: envelope.fields.map { name, value in
                switch value {
                case .string(let text): (name, Array(text.utf8))
                case .bytes(let bytes): (name, bytes)
                case .int(let number): (name, Array("\(number)".utf8))
                }
            })
    }
}
