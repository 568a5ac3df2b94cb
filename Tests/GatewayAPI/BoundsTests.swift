import Bus
import GatewayAPI
import ListCRDT
import Synchronization
import TestSupport
import Testing

private final class Tally: Sendable {
    let inside = Mutex(0)
    let atMost = Mutex(0)
    let refused = Mutex(0)
}

@Suite("The gateway's bounds")
struct BoundsTests {
    private let list = DocumentID(high: 1, low: 1)
    private let replica = ReplicaID(rawValue: 3)

    private func items(_ count: UInt64, removed: UInt64 = 0) -> Document {
        var list = Document(kind: .list)
        for counter in 1...count {
            let dot = Dot(replica, counter)
            let key = EntryKey(.items, EntryID(dot: dot))
            let stamp = Stamp(time: counter << 16, replica: replica)
            list.merge(Delta(kind: .list, key: key, item(dot, stamp)))
        }
        for counter in 0..<removed {
            _ = list.remove(
                EntryKey(.items, EntryID(dot: Dot(replica, counter + 1))), dot: Dot(replica, count + counter + 1))
        }
        return list
    }

    private func item(_ dot: Dot, _ stamp: Stamp) -> EntryDelta {
        var fields = Fields()
        fields.apply(.set(.name, .string("x")), stamp: stamp)
        return EntryDelta(covered: Context(), versions: [Version(dot: dot, fields: fields)])
    }

    private func push(_ count: UInt64) -> Delta {
        let other = ReplicaID(rawValue: 4)
        return Delta(
            kind: .list,
            entries: (1...count).map { counter in
                let dot = Dot(other, counter)
                return (EntryKey(.items, EntryID(dot: dot)), item(dot, Stamp(time: 1, replica: other)))
            })
    }

    @Test("A list takes items up to its limit, is counted only near it, and not again before it can be full")
    func quota() async {
        let quota = ItemQuota()
        let counts = Mutex(0)
        func allows(_ count: UInt64, _ document: Document) async -> Bool? {
            await quota.allows(push(count), to: list, document.context) {
                counts.withLock { $0 += 1 }
                return document
            }
        }
        #expect(await allows(1_000, items(19_000)) == true)
        #expect(counts.withLock { $0 } == 0)
        #expect(await allows(1_001, items(19_000)) == false)
        #expect(await allows(1_000, items(19_500, removed: 500)) == true)
        #expect(counts.withLock { $0 } == 2)
        #expect(await allows(100, items(19_500, removed: 500)) == true)
        #expect(counts.withLock { $0 } == 2, "19,000 items and 100 more: no need to count")
        #expect(await quota.allows(push(1), to: list, items(20_000).context) { nil } == true, "known: 19,000 at 20,000")
        #expect(await quota.allows(push(1), to: DocumentID(high: 1, low: 2), items(20_000).context) { nil } == nil)
    }

    @Test("An invitation's token leads back to its list and entry; other texts are none")
    func tokens() {
        let token = InvitationToken(invitingTo: list)
        #expect(token.text.count == 43)
        #expect(InvitationToken(text: token.text) == token)
        #expect(InvitationToken(text: token.text)?.key == token.key)
        #expect(InvitationToken(invitingTo: list).key != token.key)
        for text in [
            "", "abc", String(token.text.dropLast()), token.text + "A", token.text + "=", "+" + token.text.dropFirst(),
        ] {
            #expect(InvitationToken(text: text) == nil, "\(text)")
        }
    }

    @Test("One edits at a time, in order; past the limit of those who wait one is told to come back")
    func turns() async throws {
        let turns = Turns()
        let place = Turns.Place(document: list, key: .head)
        let tally = Tally()
        let gate = Doorbell()
        await withTaskGroup { group in
            group.addTask { try? await turns.take(place) { _ = await gate.wait() } }
            for _ in 0..<(GatewayLimits.turnsWaitingMax + 5) {
                group.addTask {
                    do {
                        try await turns.take(place) {
                            let now = tally.inside.withLock {
                                $0 += 1; return $0
                            }
                            tally.atMost.withLock { $0 = max($0, now) }
                            await Task.yield()
                            tally.inside.withLock { $0 -= 1 }
                        }
                    } catch { tally.refused.withLock { $0 += 1 } }
                }
            }
            try? await eventually(within: .seconds(10), "those past the limit are refused") {
                tally.refused.withLock { $0 } >= 5
            }
            gate.ring()
        }
        #expect(tally.refused.withLock { $0 } >= 5)
        #expect(tally.atMost.withLock { $0 } == 1)
        #expect(try await turns.take(place) { true }, "and the place is free again")
    }

    @Test("A room that is full makes room by those that have kept it waiting longest, never by those it works for")
    func room() {
        let room = ConnectionRoom(countMax: 32)
        let closed = Mutex<[Int]>([])
        let seats = (0..<32).map { number in
            room.take(now: UInt64(number)) { closed.withLock { $0.append(number) } }
        }
        seats[0].works()
        seats[1].works()
        seats[1].waits(since: 100)
        #expect(closed.withLock { $0 }.isEmpty && room.count == 32)
        _ = room.take(now: 200) {}
        #expect(closed.withLock { $0 } == [2, 3], "a sixteenth of 32")
        #expect(room.count == 31)
        for seat in seats { room.leave(seat) }
        #expect(room.count == 1)
        let busy = ConnectionRoom(countMax: 1)
        busy.take(now: 0) { Issue.record("closed at work") }.works()
        _ = busy.take(now: 1) {}
        #expect(busy.count == 2, "more than there is room for, while all are being worked for")
    }
}
