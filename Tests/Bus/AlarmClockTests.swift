import Bus
import Testing

@Suite("An alarm clock", .timeLimit(.minutes(1)))
struct AlarmClockTests {
    @Test("It rings when the time has come, not before")
    func rings() async {
        let clock = AlarmClock()
        let time = wallClockMilliseconds() + 30
        clock.set(at: time)
        #expect(await clock.wait())
        #expect(wallClockMilliseconds() >= time)
    }

    @Test(
        "Of several times the earliest counts, in whatever order they are set",
        arguments: [[60_000, 20], [20, 60_000]])
    func earliest(pauses: [UInt64]) async {
        let (clock, another) = (AlarmClock(), AlarmClock())
        let now = wallClockMilliseconds()
        for pause in pauses { clock.set(at: now + pause) }
        // A clock set to the later time alone would ring after this one.
        another.set(at: now + 900)
        let first = await withTaskGroup(of: String.self) { group in
            for (name, clock) in [("clock", clock), ("another", another)] {
                group.addTask { await clock.wait() ? name : "nobody" }
            }
            return await group.next()
        }
        #expect(first == "clock")
        #expect(wallClockMilliseconds() >= now + 20)
    }

    @Test(
        "A time that is over rings at once; one that is far away rings early, so that a changed wall clock is noticed")
    func bounds() async {
        let clock = AlarmClock()
        clock.set(at: 0)
        #expect(await clock.wait())
        clock.set(at: .max - 1)
        #expect(await clock.wait())
    }

    @Test("Set again after it rang, it rings again")
    func again() async {
        let clock = AlarmClock()
        for _ in 0..<3 {
            let time = wallClockMilliseconds() + 5
            clock.set(at: time)
            #expect(await clock.wait())
            #expect(wallClockMilliseconds() >= time)
        }
    }

    @Test("Who waits and is cancelled is told so")
    func cancelled() async {
        let clock = AlarmClock()
        let waiting = Task { await clock.wait() }
        waiting.cancel()
        #expect(await !waiting.value)
    }
}
