import Bus
import ListCRDT
import Logging
import Messages
import Redis
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@Suite("A correspondent whom nobody answers", .timeLimit(.minutes(1)))
struct CorrespondentTests {
    private static let document = DocumentID(high: 1, low: 2)
    private static let payload = ReadPayload(.list, .context)
    private static let write = WritePayload(kind: .list, operations: [])

    @Test("Each question ends at its own deadline, not before, the later asked first")
    func deadlines() async throws {
        try await withCorrespondent { correspondent in
            let now = wallClockMilliseconds()
            let answers = await withTaskGroup(of: (UInt64, ReadResult, UInt64).self) { group in
                for deadline in [now + 400, now + 100, now + 200] {
                    group.addTask {
                        let result = await correspondent.read(
                            Self.document, Self.payload, trace: 1, deadlineMilliseconds: deadline)
                        return (deadline, result, wallClockMilliseconds())
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 3)
            for (deadline, result, ended) in answers {
                #expect(result.status == .unreachable)
                #expect(ended >= deadline)
            }
        }
    }

    @Test("Questions asked together end together")
    func several() async throws {
        try await withCorrespondent { correspondent in
            let answers = await withCheckedContinuation { continuation in
                correspondent.ask(3, deadlineMilliseconds: wallClockMilliseconds() + 50) {
                    $0.count == 3
                } then: {
                    continuation.resume(returning: $0)
                }
            }
            #expect(answers == [nil, nil, nil])
        }
    }

    @Test("When it stops, what is still open ends as unconfirmed")
    func stops() async throws {
        let outcome = Mutex<WriteResult.Status?>(nil)
        try await withCorrespondent { correspondent in
            correspondent.write(
                Self.document, Self.write, trace: 1, deadlineMilliseconds: wallClockMilliseconds() + 3_600_000
            ) { result in outcome.withLock { $0 = result.status } }
            #expect(outcome.withLock { $0 } == nil)
        }
        #expect(outcome.withLock { $0 } == .unconfirmed)
    }

    private func withCorrespondent(_ body: @Sendable @escaping (Correspondent) async throws -> Void) async throws {
        let server = try await RedisServer.started()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let redis = RedisClient(try RedisConfiguration(url: server.url), name: "test", logger: logger)
        let sender = BusSender(redis: redis, instance: "asker", logger: logger)
        let correspondent = Correspondent(redis: redis, sender: sender, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in [redis, sender, correspondent] as [any Service] {
                group.addTask { try await service.run() }
            }
            try await body(correspondent)
            group.cancelAll()
            try await group.waitForAll()
        }
        try await server.stop()
    }
}
