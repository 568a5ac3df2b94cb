import JobQueue
import Testing

@Suite("A job's options and its waits")
struct JobOptionsTests {
    @Test("Options are read back as they were written")
    func roundTrip() {
        for options in [
            JobOptions(),
            JobOptions(
                attempts: 5, backoff: Backoff(.exponential, milliseconds: 250, jitter: 0.5), delayMilliseconds: 1_500,
                removeOnComplete: .none, removeOnFail: .newest(100), stackTraceLimit: 3),
            JobOptions(removeOnComplete: Retention(count: 7, seconds: 60), removeOnFail: Retention(seconds: 3_600)),
        ] {
            #expect(JobOptions(json: options.json) == options)
        }
    }

    @Test(
        "What Bull's clients write is understood",
        arguments: [
            (#"{"attempts":3,"backoff":1000}"#, JobOptions(attempts: 3, backoff: Backoff(.fixed, milliseconds: 1_000))),
            (
                #"{"removeOnComplete":1,"removeOnFail":0}"#,
                JobOptions(removeOnComplete: .newest(1), removeOnFail: .none)
            ),
            (#"{"removeOnComplete":false,"removeOnFail":true}"#, JobOptions(removeOnFail: .none)),
            (#"{"attempts":0,"backoff":null,"delay":0,"kl":5}"#, JobOptions()),
            (#"{"backoff":{"type":"mine","delay":7}}"#, JobOptions(backoff: Backoff(.fixed, milliseconds: 7))),
            (#"{"attempts":1e300,"delay":-5,"backoff":{"delay":"x"}}"#, JobOptions(attempts: 1 << 52)),
            ("no JSON", JobOptions()),
        ])
    func foreign(json: String, options: JobOptions) {
        #expect(JobOptions(json: json) == options)
    }

    @Test("Exponential waits double from the first and end at a day; jitter takes its part off")
    func waits() {
        let exponential = Backoff(.exponential, milliseconds: 100)
        #expect((1...4).map { exponential.wait(afterAttempt: $0, chance: 0) } == [100, 200, 400, 800])
        #expect(exponential.wait(afterAttempt: .max, chance: 0.5) == Backoff.millisecondsMax)
        #expect(Backoff(.fixed, milliseconds: .max).wait(afterAttempt: 9, chance: 0) == Backoff.millisecondsMax)
        let jittered = Backoff(.exponential, milliseconds: 100, jitter: 0.5)
        #expect([0, 0.5, 1].map { jittered.wait(afterAttempt: 2, chance: $0) } == [100, 150, 200])
    }
}
