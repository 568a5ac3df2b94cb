import ListCRDT
import TestSupport
import Testing

@Suite("The hybrid clock")
struct ClockTests {
    private let replica = ReplicaID(rawValue: 1)

    @Test("What is stamped next is greater than all that was stamped or received, whatever the wall clock does")
    func alwaysGreater() {
        forAll(cases: 1_000 * caseFactor) { random in
            var clock = HybridClock(replica: replica)
            var latest = Stamp.zero
            for _ in 0..<50 {
                if random.chance(3) {
                    let received = Stamp(
                        time: UInt64(random.below(1 << 40)) << 16, replica: ReplicaID(rawValue: random.next()))
                    clock.observe(received)
                    latest = max(latest, received)
                } else {
                    let now = UInt64(random.below(1 << 40))
                    let stamp = clock.next(now: now)
                    try require(stamp.time > latest.time, "\(stamp) after \(latest)")
                    try require(stamp.milliseconds >= now, "not before the wall clock")
                    latest = stamp
                }
            }
        }
    }

    @Test("When a millisecond's 65,536 stamps are used up the next come from the following one")
    func overflow() {
        var clock = HybridClock(replica: replica)
        let stamps = (0..<65_537).map { _ in clock.next(now: 1_000) }
        #expect(stamps[65_535].milliseconds == 1_000)
        #expect(stamps[65_536].milliseconds == 1_001)
    }

    @Test("At the end of time it stands still")
    func endOfTime() {
        var clock = HybridClock(replica: replica)
        clock.observe(Stamp(time: .max, replica: replica))
        #expect(clock.next(now: .max).time == .max)
        var fresh = HybridClock(replica: replica)
        #expect(fresh.next(now: .max).milliseconds == (1 << 48) - 1)
    }

    @Test("The wall clock is followed when it is ahead")
    func follows() {
        var clock = HybridClock(replica: replica)
        #expect(clock.next(now: 5).time == 5 << 16)
        #expect(clock.next(now: 5).time == (5 << 16) + 1)
        #expect(clock.next(now: 9).time == 9 << 16)
    }
}
