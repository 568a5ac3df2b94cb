import ListCRDT
import ReplicaCore
import Testing

@Suite("Doing again what the server does not have")
struct ReplayTests {
    private static let replica = ReplicaID(rawValue: 7)
    private static let spare = ReplicaID(rawValue: 8)
    private static let now: UInt64 = 1_760_000_000_000

    /// A device that has made two items, of which the server knows the first.
    private struct Device {
        var document = Document(kind: .list)
        var server = Document(kind: .list)
        var clock = HybridClock(replica: ReplayTests.replica)
        var pending: [PendingOperation] = []

        init() {
            add("Milk")
            add("Bread")
            server.merge(pending[0].delta)
        }

        mutating func add(_ name: String) {
            let dot = Dot(ReplayTests.replica, UInt64(pending.count + 1))
            let key = EntryKey(.items, EntryID(dot: dot))
            let intent = Intent.change([.set(.name, .string(name))])
            guard let done = document.perform(intent, on: key, dot: dot, &clock, now: ReplayTests.now) else { return }
            pending.append(
                PendingOperation(
                    sequence: Int64(dot.counter), dot: dot, key: key, intent: intent, delta: done.delta,
                    stampTime: done.stamp.time, atMilliseconds: ReplayTests.now))
        }

        mutating func replay(_ reason: Replay.Reason) -> Replay.Outcome {
            Replay(reason, acknowledged: Context(), counter: UInt64(pending.count))
                .outcome(
                    of: pending, in: server.asDelta, clock: &clock, spare: ReplayTests.spare, now: ReplayTests.now)
        }
    }

    private static func names(_ document: Document) -> [String] { document.list.items.map(\.name).sorted() }

    @Test("A lost answer: what the server has is delivered, and the rest stands as it is")
    func lostAnswer() {
        var device = Device()
        let outcome = device.replay(.findingOut)
        #expect(outcome.delivered.map(\.sequence) == [1])
        #expect(!outcome.takesNewReplica)
        #expect(outcome.redone == nil)
    }

    @Test("A clock that ran ahead: the rest is stamped anew, under a dot of its own")
    func restamping() throws {
        var device = Device()
        let redone = try #require(device.replay(.restamping).redone)
        #expect(redone.operations.map(\.dot) == [Dot(Self.replica, 3)])
        #expect(redone.operations[0].stampTime > device.pending[1].stampTime)
        #expect(Self.names(redone.document) == ["Bread", "Milk"])
    }

    @Test("A clone has used our second dot: both lives' items are there, ours under the spare id")
    func twoLives() throws {
        var device = Device()
        var clone = HybridClock(replica: Self.replica)
        let rival = Dot(Self.replica, 2)
        _ = device.server.perform(
            .change([.set(.name, .string("Rice"))]), on: EntryKey(.items, EntryID(dot: rival)), dot: rival, &clone,
            now: Self.now + 500)
        let outcome = device.replay(.findingOut)
        let redone = try #require(outcome.redone)
        #expect(outcome.takesNewReplica)
        #expect(device.clock.replica == Self.spare)
        #expect(redone.operations.map(\.dot) == [Dot(Self.spare, 1)])
        #expect(Self.names(redone.document) == ["Bread", "Milk", "Rice"])
    }

    @Test("A removal that waits spares what was edited since by somebody who had not seen it")
    func removalAgainstEdit() throws {
        var device = Device()
        let milk = device.pending[0].key
        let dot = Dot(Self.replica, 3)
        let removed = device.document.perform(.remove, on: milk, dot: dot, &device.clock, now: Self.now)
        let delta = try #require(removed).delta
        device.pending.append(
            PendingOperation(
                sequence: 3, dot: dot, key: milk, intent: .remove, delta: delta, stampTime: 0, atMilliseconds: 0))
        var other = HybridClock(replica: ReplicaID(rawValue: 9))
        _ = device.server.perform(
            .change([.set(.checked, .bool(true))]), on: milk, dot: Dot(other.replica, 1), &other, now: Self.now + 9)
        let redone = try #require(device.replay(.restamping).redone)
        #expect(Self.names(redone.document) == ["Bread", "Milk"])
    }

    @Test("An intent comes back from its bytes as it was")
    func intents() throws {
        let changes: [FieldChange] = [
            .set(.name, .string("Äpfel")), .set(.checked, .bool(true)), .set(.note, .null), .setTarget(.quantity, -3),
            .add(.quantity, 2), .set(.position, .bytes([1, 0, 255])), .set(.createdMilliseconds, .int(.min)),
        ]
        for intent in [Intent.remove, .change(changes), .change([])] {
            #expect(try Intent(decoding: intent.encoded()) == intent)
        }
    }
}
