internal import Foundation

/// A part of the benchmark, run by its name.
///
/// It adds its figures as it gets them: what it had when it failed is still shown. `scripts/bench --only NAME` runs it alone,
/// so a figure of another section is a peer only where `report.value(section:label:)` finds it.
protocol Section {
    static var name: String { get }

    static func run(_ bench: Bench, _ report: inout Report) async throws
}

/// What a run was told.
struct Bench: Sendable {
    /// A fifth of the time, and figures that scatter: to see that everything works.
    let quick: Bool
    /// A Python that has pycrdt and loro; without it their figures are left out.
    let python: String?
    /// The folder that holds `peers`.
    let folder: URL

    /// How long to load something.
    func duration(seconds: Int) -> Duration { quick ? .seconds(max(2, seconds / 5)) : .seconds(seconds) }

    func progress(_ text: String) { FileHandle.standardError.write(Data("   \(text)\n".utf8)) }
}
