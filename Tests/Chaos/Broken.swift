internal import TestStack

/// Variants that lose edits on purpose. The checker must see it: `BrokenRouter`, `BrokenGateway`.
package enum Broken: String, CaseIterable, Sendable {
    case oneCommit = "one-commit", lastWriter = "last-writer"

    /// What the checker says after a load over the variant.
    package func trial(_ layout: Stage.Layout = Stage.Layout(), seed: UInt64) async throws -> Trial {
        var layout = layout
        switch self {
        case .oneCommit: layout.stack.programs["ring-router"] = "broken-router"
        case .lastWriter: layout.stack.programs["gateway"] = "broken-gateway"
        }
        var patience = Inspector.Patience()
        patience.settling = .seconds(15)
        patience.mending = .seconds(5)
        let settings = patience
        var trial: Trial?
        try await Stage.run(layout, seed: seed) { stage in
            trial = try await Inspector(stage, patience: settings).attempt(fault)
        }
        return trial ?? Trial(fault.name)
    }

    private var fault: Fault { self == .oneCommit ? Faults.onlyCopyLost : Faults.none }
}
