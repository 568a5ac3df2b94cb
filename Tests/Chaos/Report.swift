package import Foundation

/// What a run amounts to, as a table and as JSON.
package struct Report: Sendable, Codable {
    package let seed: UInt64
    package private(set) var trials: [Trial] = []

    package init(seed: UInt64) { self.seed = seed }

    package mutating func add(_ trial: Trial) { trials.append(trial) }

    package var isWell: Bool { trials.allSatisfy(\.isWell) }
    package var lost: Int { trials.reduce(0) { $0 + $1.lost } }

    package static let heading = row(
        "FAULT", ["DOWN s", "TAKES s", "ACKED", "LOST", "RECOVERS ms", "PAUSE ms", "SETTLES ms", "MENDS ms"])

    package static func line(_ trial: Trial) -> String {
        if let reason = trial.skipped { return row(trial.fault, []) + " left out: \(reason)" }
        let cells = [
            seconds(trial.downMilliseconds), seconds(trial.wholeMilliseconds), "\(trial.acknowledged)",
            "\(trial.lost)", trial.recoveredMilliseconds.map { "\($0)" } ?? "never",
            "\(trial.longestPauseMilliseconds)", "\(trial.settledMilliseconds)", "\(trial.mendedMilliseconds)",
        ]
        return ([row(trial.fault, cells)] + trial.violations.map { "    \($0)" }).joined(separator: "\n")
    }

    package var summary: String {
        let tried = trials.filter { $0.skipped == nil }
        let edits = tried.reduce(0) { $0 + $1.acknowledged }
        let skipped = trials.count - tried.count
        return "\(tried.count) faults, \(edits) edits acknowledged, \(lost) lost"
            + (skipped > 0 ? ", \(skipped) faults left out" : "") + " (seed \(seed))"
    }

    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self)
    }

    private static func seconds(_ milliseconds: Int) -> String { "\(Double(milliseconds / 100) / 10)" }

    private static func row(_ name: String, _ cells: [String]) -> String {
        name.padding(toLength: max(34, name.count), withPad: " ", startingAt: 0)
            + cells.map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }.joined()
    }
}
