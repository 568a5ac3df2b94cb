import Observability
import Testing

@Suite("The thread of a program")
struct ServiceThreadTests {
    @Test("A sleep lasts as long as it should")
    func sleeps() async throws {
        let began = ContinuousClock.now
        try await ServiceThread.shared.sleep(for: .milliseconds(20))
        #expect(began.duration(to: .now) >= .milliseconds(20))
    }

    @Test("A sleep that is cancelled ends at once, as every sleep does", arguments: [false, true])
    func cancelled(asleep: Bool) async {
        let sleeper = Task {
            if !asleep { withUnsafeCurrentTask { $0?.cancel() } }
            do { try await ServiceThread.shared.sleep(for: .seconds(600)) } catch { return error as? CancellationError }
            return nil
        }
        if asleep { sleeper.cancel() }
        #expect(await sleeper.value != nil)
    }
}
