internal import ArgumentParser
internal import Foundation

/// `larder-bench`: measures the services, the documents and their peers in one run. `scripts/bench` builds and runs it.
@main
struct LoadCommand: AsyncParsableCommand {
    /// In this order: what others take a measure from comes first.
    static var sections: [any Section.Type] {
        [
            ThroughputSection.self, LiveSection.self, GrowthSection.self, CostSection.self, AbuseSection.self,
            DocumentSection.self,
        ]
    }

    static let configuration = CommandConfiguration(
        commandName: "larder-bench", abstract: "Measure everything, beside its peers, in one run.")

    @Flag(help: "Short loads: to see that everything works.")
    var quick = false

    @Option(help: ArgumentHelp("Run this section only; may be repeated.", valueName: "section"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Where to write all figures as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Where to write the plots.", valueName: "file"))
    var svg: String?

    @Option(help: ArgumentHelp("Where to write the tables, as Markdown.", valueName: "file"))
    var markdown: String?

    func validate() throws {
        let names = LoadCommand.sections.map { $0.name }
        for name in only where !names.contains(name) {
            throw ValidationError("There is no section \(name); there are \(names.joined(separator: ", ")).")
        }
    }

    func run() async throws {
        let bench = Bench(
            quick: quick, python: ProcessInfo.processInfo.environment["LARDER_BENCH_PYTHON"],
            folder: URL(filePath: #filePath).deletingLastPathComponent())
        var report = Report()
        var failed: [String] = []
        for section in LoadCommand.sections where only.isEmpty || only.contains(section.name) {
            bench.progress("── \(section.name)")
            do { try await section.run(bench, &report) } catch {
                failed.append(section.name)
                report.note(section: section.name, "**Stopped by an error: \(error)**")
            }
        }
        print(report.markdown)
        if let json { try report.json.write(to: URL(filePath: json)) }
        if let svg { try report.svg.write(toFile: svg, atomically: true, encoding: .utf8) }
        if let markdown { try report.markdown.write(toFile: markdown, atomically: true, encoding: .utf8) }
        if !failed.isEmpty { throw ExitCode.failure }
    }
}
