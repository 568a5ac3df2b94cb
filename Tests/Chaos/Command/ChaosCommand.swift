import ArgumentParser
import Chaos
import Foundation
import TestStack
import TestSupport

/// `larder-chaos`: breaks every part of Larder under load, and checks the history of what was acknowledged.
@main
struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "larder-chaos",
        abstract: "Breaks every part of Larder under load, and checks that nothing acknowledged is lost.",
        discussion: """
            Each fault alone, then faults drawn at random. 20 devices make 500 edits a second; after each fault, when all has settled, \
            every acknowledged edit must be on every device and on all three home shards. Ends with 1 when anything is wrong.
            """)

    @Option(help: "Draws targets, edits and the order of faults.") var seed = UInt64.random(in: 1..<100_000)
    @Option(help: "How long faults are drawn at random, in seconds, after each has been alone.") var random = 600
    @Option(help: ArgumentHelp("Only faults whose name holds this.", valueName: "text")) var only = ""
    @Option(help: ArgumentHelp("Takes the results as JSON.", valueName: "file")) var json: String?
    @Option(help: ArgumentHelp("Takes the services' logs.", valueName: "folder")) var logs: String?
    @Option(help: "Edits a second, of all devices together.") var edits = 500.0
    @Option(help: "Runs a broken variant, and ends well when the checker sees it.") var broken: Broken?
    @Flag(inversion: .prefixedNo, help: "Each fault alone, first.") var alone = true
    @Flag(help: "A few faults, for a minute: the round of scripts/test.") var brief = false
    @Flag(help: "Shows the names of the faults.") var list = false

    func run() async throws {
        var dice = SeededRandom(seed: seed)
        var layout = Stage.Layout()
        layout.editsPerSecond = edits
        if list { return Faults.all(layout.stack, using: &dice).forEach { say($0.name) } }
        say("seed \(seed)\n\(Report.heading)")
        if let broken { return try await run(broken, layout) }
        let report = try await run(layout, &dice)
        say(report.summary)
        if let json { try report.json().write(to: URL(filePath: json)) }
        if !report.isWell { throw ExitCode.failure }
    }

    private func run(_ layout: Stage.Layout, _ dice: inout SeededRandom) async throws -> Report {
        let some = brief ? Faults.few(layout.stack, using: &dice) : possible(layout, &dice)
        guard !some.isEmpty else { throw ValidationError("No fault's name holds \(only); see --list.") }
        var report = Report(seed: seed)
        let start = dice
        try await Stage.run(layout, seed: seed) { stage in
            var dice = start
            let inspector = Inspector(stage, patience: brief ? .brief : .init())
            for fault in some where alone { try await Self.attempt(fault, inspector, &report) }
            let deadline = ContinuousClock.now + .seconds(brief ? 0 : random)
            while ContinuousClock.now < deadline {
                guard let fault = Faults.drawn(from: possible(layout, &dice), using: &dice) else { break }
                try await Self.attempt(fault, inspector, &report)
            }
            if let logs { try stage.keepLogs(in: logs) }
        }
        return report
    }

    private func possible(_ layout: Stage.Layout, _ dice: inout SeededRandom) -> [Fault] {
        Faults.all(layout.stack, using: &dice).filter { only.isEmpty || $0.name.contains(only) }
    }

    private static func attempt(_ fault: Fault, _ inspector: Inspector, _ report: inout Report) async throws {
        let trial = try await inspector.attempt(fault)
        say(Report.line(trial))
        report.add(trial)
    }

    private func run(_ broken: Broken, _ layout: Stage.Layout) async throws {
        let trial = try await broken.trial(layout, seed: seed)
        say(Report.line(trial))
        guard trial.lost > 0 else {
            say("The checker did not see that \(broken.rawValue) loses edits.")
            throw ExitCode.failure
        }
        say("The checker saw it: \(broken.rawValue) lost \(trial.lost) acknowledged edits.")
    }
}

extension Broken: ExpressibleByArgument {}

/// At once, into a pipe too.
private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
