import ListCRDT
import Messages
import Testing

@Suite("Live changes that wait for a slow reader")
struct JoinedChangesTests {
    private static let (list, other) = (DocumentID(high: 1, low: 1), DocumentID(high: 1, low: 2))
    private static let (ana, bob) = (UserID(high: 2, low: 1), UserID(high: 2, low: 2))

    private var waiting = JoinedChanges()

    /// The `counter`-th item that somebody adds, with a device whose number is theirs.
    private static func change(_ author: UserID, _ counter: UInt64, in document: DocumentID = list) -> LiveChange {
        let dot = Dot(ReplicaID(rawValue: author.low), counter)
        var copy = Document(kind: .list)
        let delta = copy.edit(
            EntryKey(.items, EntryID(dot: dot)), [.set(.name, .string("milk"))], dot: dot,
            stamp: Stamp(time: counter << 16, replica: dot.replica))
        return LiveChange(
            document: document, author: author, username: author == ana ? "ana" : "bob", atMilliseconds: counter,
            trace: counter, delta: delta)
    }

    @Test("Those of one person are joined, and nobody's are told as another's")
    mutating func joined() {
        for counter in 1...3 as ClosedRange<UInt64> {
            waiting.add(Self.change(Self.ana, counter), size: 10)
            waiting.add(Self.change(Self.bob, counter), size: 10)
        }
        #expect(waiting.bytes == 60)
        let told = waiting.take(except: [])
        #expect(told.map(\.username) == ["ana", "bob"])
        for change in told {
            let replica = ReplicaID(rawValue: change.author.low)
            let dots = Context((1...3).map { Dot(replica, $0) })
            #expect(change.dots == dots)
            #expect(change.delta.context == dots)
            #expect(change.atMilliseconds == 3)
            #expect(change.trace == 3)
        }
        #expect(waiting.bytes == 0)
        #expect(waiting.take(except: []).isEmpty)
    }

    @Test("A document's wait while it is held, and go when it is dropped")
    mutating func held() {
        waiting.add(Self.change(Self.ana, 1), size: 10)
        waiting.add(Self.change(Self.ana, 1, in: Self.other), size: 7)
        #expect(waiting.take(except: [Self.list]).map(\.document) == [Self.other])
        #expect(waiting.bytes == 10)
        waiting.add(Self.change(Self.ana, 2), size: 10)
        waiting.drop(Self.list)
        #expect(waiting.bytes == 0)
        #expect(waiting.take(except: []).isEmpty)
    }
}
