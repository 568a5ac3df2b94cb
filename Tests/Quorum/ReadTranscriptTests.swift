import Quorum
import Testing

@Suite("A read of three home shards, two required")
struct ReadTranscriptTests {
    @Test("Equal contexts answer at once")
    func equal() {
        var play = ReadPlay("pq", "pq", "p")
        #expect(
            play.play("b", "a", "c") == """
                begin → fetch a, context of b?
                b holds pq
                a answers pq → answer pq
                """)
    }

    @Test("The shard that answers in full is behind: it is mended before the answer")
    func baseBehind() {
        var play = ReadPlay("p", "pq", "p")
        #expect(
            play.play("a", "b", "b", "a") == """
                begin → fetch a, context of b?
                a answers p
                b holds pq → b beyond p?
                b sends q → mend a with q
                a is mended → answer pq
                """)
    }

    @Test("The shard that told its context is behind: only that direction is fetched")
    func otherBehind() {
        var play = ReadPlay("pq", "p", "p")
        #expect(
            play.play("a", "b", "a", "b") == """
                begin → fetch a, context of b?
                a answers pq
                b holds p → a beyond p?
                a sends q → mend b with q
                b is mended → answer pq
                """)
    }

    @Test("Each lacks something: both are mended, and the answer waits for both")
    func bothBehind() {
        var play = ReadPlay("pq", "pr", "p")
        #expect(
            play.play("a", "b", "b", "a", "a", "b") == """
                begin → fetch a, context of b?
                a answers pq
                b holds pr → b beyond pq?, a beyond pr?
                b sends r → mend a with r
                a sends q → mend b with q
                a is mended
                b is mended → answer pqr
                """)
    }

    @Test("A failed shard is replaced by the third")
    func replaced() {
        var play = ReadPlay("p", "p", "p")
        #expect(
            play.play("b", "a fails", "c") == """
                begin → fetch a, context of b?
                b holds p
                a fails → fetch c
                c answers p → answer p
                """)
    }

    @Test("The hedge asks the third in full while nobody has answered so")
    func hedgeInFull() {
        var play = ReadPlay("p", "p", "pq")
        #expect(
            play.play("b", "hedge", "hedge", "c", "c", "b") == """
                begin → fetch a, context of b?
                b holds p
                hedge → fetch c
                hedge
                c answers pq → c beyond p?
                c sends q → mend b with q
                b is mended → answer pq
                """)
    }

    @Test("The hedge asks the third for its context when only that is slow")
    func hedgeContext() {
        var play = ReadPlay("p", "p", "p")
        #expect(
            play.play("a", "hedge", "c") == """
                begin → fetch a, context of b?
                a answers p
                hedge → context of c?
                c holds p → answer p
                """)
    }

    @Test("A mend that fails is made up for by the third")
    func mendFails() {
        var play = ReadPlay("pq", "p", "q")
        #expect(
            play.play("a", "b", "a", "b fails", "c", "a", "c") == """
                begin → fetch a, context of b?
                a answers pq
                b holds p → a beyond p?
                a sends q → mend b with q
                b fails → context of c?
                c holds q → a beyond q?
                a sends p → mend c with p
                c is mended → answer pq
                """)
    }

    @Test("A mend that hangs is overtaken by the hedge")
    func mendHangs() {
        var play = ReadPlay("pq", "p", "pq")
        #expect(
            play.play("a", "b", "a", "hedge", "c") == """
                begin → fetch a, context of b?
                a answers pq
                b holds p → a beyond p?
                a sends q → mend b with q
                hedge → context of c?
                c holds pq → answer pq
                """)
    }

    @Test("When the one that answered in full fails, the vote is held again and nothing half-told is used")
    func baseFails() {
        var play = ReadPlay("pq", "pr", "ps")
        #expect(
            play.play("a", "b", "a fails", "c", "b", "b", "c", "c", "b") == """
                begin → fetch a, context of b?
                a answers pq
                b holds pr → b beyond pq?, a beyond pr?
                a fails → fetch c
                c answers ps → b beyond ps?, c beyond pr?
                b sends r → mend c with r
                b sends r
                c sends s → mend b with s
                c is mended
                b is mended → answer prs
                """)
    }

    @Test("A shard that told its context is asked in full when all that did answer in full have failed")
    func askedAgain() {
        var play = ReadPlay("p", "p", "p")
        #expect(
            play.play("a", "hedge", "a fails", "b", "b", "c") == """
                begin → fetch a, context of b?
                a answers p
                hedge → context of c?
                a fails → fetch b
                b holds p
                b answers p
                c holds p → answer p
                """)
    }

    @Test("Two failures, or the deadline, leave it unanswered")
    func unanswered() {
        var failures = ReadPlay("p", "p", "p")
        #expect(
            failures.play("a fails", "b fails", "c", "deadline") == """
                begin → fetch a, context of b?
                a fails → fetch c
                b fails → leave unanswered
                c answers p
                deadline
                """)
        var deadline = ReadPlay("p", "pq", "p")
        #expect(
            deadline.play("a", "b", "deadline", "b") == """
                begin → fetch a, context of b?
                a answers p
                b holds pq → b beyond p?
                deadline → leave unanswered
                b sends q
                """)
    }

    @Test("One required shard answers alone; three required wait for all")
    func otherConfigurations() {
        var one = ReadPlay("p", "q", "r", required: 1)
        #expect(
            one.play("a") == """
                begin → fetch a
                a answers p → answer p
                """)
        var three = ReadPlay("p", "q", "r", required: 3)
        #expect(
            three.play("a", "b", "c", "b", "c", "a", "a", "a", "b", "c") == """
                begin → fetch a, context of b?, context of c?
                a answers p
                b holds q
                c holds r → b beyond p?, c beyond p?, a beyond q?, a beyond r?
                b sends q
                c sends r → mend a with qr
                a sends p → mend b with pr, mend c with pq
                a sends p
                a is mended
                b is mended
                c is mended → answer pqr
                """)
    }
}
