import Chaos
import ListCRDT
import Testing

@Suite("The checker of histories")
struct CheckerTests {
    @Test("A good history has no violations")
    func good() {
        var story = Story()
        let milk = story.add("milk", by: 1)
        story.exchange()
        story.act(.rename("oat milk"), on: milk, by: 2)
        story.act(.acquire(2), on: milk, by: 1)
        let bread = story.add("bread", by: 2)
        story.exchange()
        story.act(.remove, on: bread, by: 1)
        story.exchange()
        #expect(story.check(["s1", "s2", "s3"]).isEmpty)
    }

    @Test("An acknowledged edit on one home alone is lost; on two it is safe, and the third is behind")
    func lost() {
        var story = Story()
        story.add("milk", by: 1)
        let before = story.document(1)
        story.add("bread", by: 1)
        story.exchange()
        let (whole, behind) = (story.document(1), before)
        let two = story.check(homes: [("s1", whole), ("s2", whole), ("s3", behind)])
        #expect(two.allSatisfy { $0.lost.isEmpty } && two.contains { if case .behind = $0 { true } else { false } })
        let one = story.check(homes: [("s1", whole), ("s2", behind), ("s3", behind)])
        #expect(one.contains { $0.lost.dotCount == 1 })
    }

    @Test("An acknowledged edit that a device lacks is lost")
    func lostOnDevice() {
        var story = Story()
        story.add("milk", by: 1)
        story.exchange(to: [1])
        #expect(story.check(["s1", "s2", "s3"]).contains { !$0.lost.isEmpty })
    }

    @Test("An edit that was never acknowledged may be missing everywhere, but its item then has vanished")
    func unacknowledged() {
        var story = Story()
        let empty = story.document(2)
        let milk = story.add("milk", by: 1, acknowledged: false)
        let found = Checker(story.history).violations(of: [Copy(.home("s1"), empty)])
        #expect(found == [.vanished(milk, holder: "a list on home s1")])
    }

    @Test("An item comes back: whoever removed it had seen all of it, and a copy shows it")
    func cameBack() {
        var story = Story()
        let milk = story.add("milk", by: 1)
        story.exchange()
        let before = story.document(1)
        story.act(.remove, on: milk, by: 2)
        story.exchange()
        let found = story.check(homes: [("s1", before)])
        #expect(found.contains(.cameBack(milk, holder: "a list on home s1")))
    }

    @Test("An edit that the remover had not seen keeps its item: a copy without it is wrong")
    func concurrentEdit() {
        var story = Story()
        let milk = story.add("milk", by: 1)
        story.exchange()
        story.act(.check(true), on: milk, by: 1)
        story.act(.remove, on: milk, by: 2)
        var deaf = story.document(2)
        story.exchange()
        #expect(story.check(["s1", "s2", "s3"]).isEmpty)
        // A merge by which the removal wins: the context knows the edit, the item is gone.
        deaf.merge(Delta(kind: .list, entries: [], loose: story.history.reference.context))
        let found = story.check(homes: [("s1", deaf)])
        #expect(found.contains(.vanished(milk, holder: "a list on home s1")))
        #expect(found.contains(.differs(holder: "a list on home s1")))
    }

    @Test("Of two values the one that was seen and replaced must not stand")
    func overwritten() {
        var story = Story()
        let milk = story.add("milk", by: 1)
        story.exchange()
        let before = story.document(1)
        story.act(.rename("oat milk"), on: milk, by: 2)
        story.exchange()
        #expect(
            story.check(homes: [("s1", before)]).contains { violation in
                if case .wrongValue(milk, "named milk", _) = violation { true } else { false }
            })
    }

    @Test("Every amount acquired counts, once")
    func acquired() {
        var story = Story()
        let milk = story.add("milk", by: 1)
        story.exchange()
        story.act(.acquire(1), on: milk, by: 1)
        let half = story.document(1)
        story.act(.acquire(1), on: milk, by: 2)
        story.exchange()
        #expect(story.check(["s1", "s2", "s3"]).isEmpty)
        #expect(
            story.check(homes: [("s1", half)]).contains { violation in
                if case .wrongValue(milk, "acquired 1, not 2", _) = violation { true } else { false }
            })
    }

    @Test("Operations that nobody made are seen")
    func invented() {
        var story = Story()
        story.add("milk", by: 1)
        story.exchange()
        var strange = story.document(1)
        let dot = Dot(ReplicaID(rawValue: 77), 1)
        _ = strange.remove(.head, dot: dot)
        let found = story.check(homes: [("s1", strange)])
        #expect(found.contains(.invented(Context(dot), holder: "a list on home s1")))
    }
}

@Suite("What a session was shown")
struct SessionTests {
    private let mine = ReplicaID(rawValue: 1)
    private let other = ReplicaID(rawValue: 2)

    @Test("Growing answers are in order")
    func good() {
        var session = SessionWatch(owner: "a device", replica: mine)
        for counter in 1...3 as ClosedRange<UInt64> {
            let all = Context((1...counter).flatMap { [Dot(mine, $0), Dot(other, $0)] })
            session.heard(all, has: all)
        }
        #expect(session.violations.isEmpty)
    }

    @Test("An answer without an edit acknowledged before is seen, and one without what others did")
    func regress() {
        var session = SessionWatch(owner: "a device", replica: mine)
        let both = Context([Dot(mine, 1), Dot(other, 1)])
        session.heard(both, has: both)
        session.heard(Context(Dot(other, 1)), has: both)
        session.heard(Context(Dot(mine, 1)), has: both)
        #expect(
            session.violations == [
                .ownWriteUnseen("a device", Context(Dot(mine, 1))), .readWentBack("a device", Context(Dot(other, 1))),
            ])
    }

    @Test("An answer that claims more than it brings is seen")
    func hollow() {
        var session = SessionWatch(owner: "a device", replica: mine)
        session.heard(Context([Dot(mine, 1), Dot(other, 1)]), has: Context(Dot(mine, 1)))
        #expect(session.violations == [.claimedNotDelivered("a device", Context(Dot(other, 1)))])
    }
}
