internal import Foundation

/// A job as its hash says.
package struct Job: Sendable, Hashable, Identifiable {
    package let id: String
    package let name: String
    /// JSON text.
    package let data: String
    package let options: JobOptions
    package let priority: UInt64
    package let timestampMilliseconds: UInt64
    package let delayMilliseconds: UInt64
    /// How often it was tried and did not end well, or was finished.
    package let attemptsMade: Int
    /// How often a worker took it.
    package let attemptsStarted: Int
    /// How often its worker vanished.
    package let stalledCount: Int
    /// One line an attempt that failed, the newest last.
    package let stackTrace: [String]
    /// Why it must fail as soon as it is taken: it stalled too often.
    package let deferredFailure: String?

    // Of finished jobs.
    package let failedReason: String?
    /// JSON text.
    package let returnValue: String?
    package let processedMilliseconds: UInt64?
    package let finishedMilliseconds: UInt64?
}

extension Job {
    /// The fields of a job that is taken, as the exchange script returns them; of a job looked at, the further ones
    /// too.
    static let takenFields = [
        "name", "data", "opts", "timestamp", "delay", "priority", "ats", "atm", "attemptsMade", "stc", "stacktrace",
        "defa",
    ]
    package static let fields = takenFields + ["failedReason", "returnvalue", "processedOn", "finishedOn"]

    /// - Parameter values: in the order of `fields`, `nil` for what the hash lacks; the last ones may be missing.
    /// - Parameter readOptions: parses `opts`.
    /// - Returns: `nil` where there is no such job.
    package init?(
        id: String, values: [String?], readOptions: (String) -> JobOptions = { JobOptions(json: $0) }
    ) {
        func value(_ index: Int) -> String? { index < values.count ? values[index] : nil }
        func number(_ index: Int) -> UInt64? { value(index).flatMap { UInt64($0) } }
        func count(_ index: Int) -> Int { Int(clamping: number(index) ?? 0) }
        guard let name = value(0) else { return nil }
        self.id = id
        self.name = name
        data = value(1) ?? "{}"
        options = readOptions(value(2) ?? "{}")
        timestampMilliseconds = number(3) ?? 0
        delayMilliseconds = number(4) ?? 0
        priority = number(5) ?? 0
        attemptsStarted = count(6)
        attemptsMade = value(7) != nil ? count(7) : count(8)
        stalledCount = count(9)
        stackTrace = value(10).map(Self.lines) ?? []
        deferredFailure = value(11)
        failedReason = value(12)
        returnValue = value(13)
        processedMilliseconds = number(14)
        finishedMilliseconds = number(15)
    }

    private static func lines(json: String) -> [String] {
        (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }

    /// The stack trace with one more line, in JSON.
    func stackTraceJSON(adding line: String) -> String {
        let lines = (stackTrace + [line]).suffix(max(options.stackTraceLimit, 0))
        let json = try? JSONEncoder().encode(Array(lines))
        return json.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}
