internal import Foundation
internal import ListCRDT
internal import TestStack
internal import TestSupport

/// ListCRDT beside Yjs and Loro, on the same operations.
struct DocumentSection: Section {
    static let name = "documents"
    private static let title = "Documents: ListCRDT, Yjs, Loro"

    static func run(_ bench: Bench, _ report: inout Report) async throws {
        let trace = DocumentTrace(more: bench.quick ? 2_000 : 10_000)
        let (turns, repetitions) = bench.quick ? (1, 5) : (5, 5)
        let measurement = DocumentMeasurement(trace)
        var all: (ours: [DocumentFigures], joins: [Double], peers: [[DocumentFigures]]) = ([], [], [])
        for _ in 0..<turns {
            let (figures, join) = try measurement.figures(repetitions: repetitions)
            all.ours.append(figures)
            all.joins.append(join)
            all.peers.append(try await figuresOfPeers(bench, trace, repetitions: repetitions))
        }
        let ours = DocumentFigures(mediansOf: all.ours)
        let peers = all.peers[0].indices.map { peer in DocumentFigures(mediansOf: all.peers.map { $0[peer] }) }
        add(ours, peers, to: &report)
        report.add(
            section: title, label: "single-item deltas joined, one core", value: 1e6 / all.joins.median,
            unit: "deltas/s", goal: .atLeast(300_000))
        plot(ours, peers, in: &report)
        notes(trace, peers, "\(turns) turns of \(repetitions) repetitions").forEach {
            report.note(section: title, $0)
        }
    }

    private static func add(_ ours: DocumentFigures, _ others: [DocumentFigures], to report: inout Report) {
        for (label, path, unit) in rows {
            let peers = others.map { Peer($0.library, $0[keyPath: path]) }
            let figure = Figure(
                label: label, value: ours[keyPath: path], unit: unit, peers: peers,
                goals: bounds(path) + (peers.isEmpty ? [] : [.lessThanPeer]))
            report.add(section: title, figure)
        }
    }

    private static var rows: [(String, KeyPath<DocumentFigures, Double>, String)] {
        [
            ("an item of 1,000, beyond its text", \.itemBytes, "bytes"),
            ("an item after the further edits", \.laterItemBytes, "bytes"),
            ("delta of an added item", \.addedBytes, "bytes"),
            ("delta of one edit", \.deltaBytes, "bytes"),
            ("edit of one item, delta encoded", \.edit, "µs"),
            ("the same, applied elsewhere from its bytes", \.apply, "µs"),
            ("1,000 items encoded after an edit of one", \.encode, "µs"),
            ("1,000 items encoded again, unchanged", \.encodeAgain, "µs"),
            ("1,000 items decoded", \.decode, "µs"),
            ("1,000 items decoded and read in order", \.load, "µs"),
        ]
    }

    private static func bounds(_ path: KeyPath<DocumentFigures, Double>) -> [Goal] {
        path == \.itemBytes ? [.atMost(40)] : []
    }

    private static func plot(_ ours: DocumentFigures, _ peers: [DocumentFigures], in report: inout Report) {
        let all = [ours] + peers
        let plots: [(String, String, [(String, KeyPath<DocumentFigures, Double>)])] = [
            (
                "Size of documents", "bytes",
                [
                    ("an item", \.itemBytes), ("an item, later", \.laterItemBytes),
                    ("added item", \.addedBytes), ("delta of one edit", \.deltaBytes),
                ]
            ),
            ("Time of one edit", "microseconds", [("edit, delta encoded", \.edit), ("applied elsewhere", \.apply)]),
            (
                "A whole list of 1,000 items", "microseconds",
                [
                    ("encoded after an edit", \.encode), ("encoded again", \.encodeAgain), ("decoded", \.decode),
                    ("decoded and read", \.load),
                ]
            ),
        ]
        for (title, unit, columns) in plots {
            let series = all.map { figures in
                Plot.Series(figures.library, columns.map { figures[keyPath: $0.1] })
            }
            report.plot(
                section: self.title, Plot(title, .bars, unit: unit, categories: columns.map(\.0), series: series))
        }
    }

    private static func notes(_ trace: DocumentTrace, _ peers: [DocumentFigures], _ repetitions: String) -> [String] {
        let text = Double(trace.textBytes) / Double(trace.items.count)
        let what = """
            A list of \(trace.items.count) items with name (\(text.readable) bytes on average), quantity and checked, kept in \
            order, each item edited once; then \(trace.more.count) edits of one item each, by whose bytes a second copy \
            follows. Medians of \(repetitions), the libraries one after the other in each, on one core. Yjs: an array of maps; Loro: a movable list of \
            maps. A delta of ListCRDT holds the whole item, its name too, so that concurrent edits keep items whole. \
            Yjs and Loro keep traces of all edits, which ListCRDT does not. Loro keeps a list's bytes in blocks: an unchanged list is \
            copied, and one that was read is decoded when somebody asks for its items.
            """
        let costs = peers.map { peer in
            let (taken, forms) = (peer.overhead.map(\.readable), peer.otherForms.sorted { $0.key < $1.key })
            let others = forms.map { "; \($0.key) \($0.value.readable) bytes an item" }.joined()
            let costs = taken.joined(separator: " and ")
            return
                "\(peer.library): \(costs) µs of an edit and an application are taken off, as the cost of calling it "
                + "from Python\(others)."
        }
        return [what] + (peers.isEmpty ? ["Without peers: no LARDER_BENCH_PYTHON."] : costs)
    }

    private static func figuresOfPeers(
        _ bench: Bench, _ trace: DocumentTrace, repetitions: Int
    ) async throws -> [DocumentFigures] {
        guard let python = bench.python else { return [] }
        let folder = try TemporaryDirectory("bench-documents")
        let file = folder.file("trace.json")
        try JSONEncoder().encode(trace).write(to: file)
        let script = bench.folder.appending(path: "peers/documents.py").path
        let result = try await CommandResult.of(python, [script, file.path, "\(repetitions)"], environment: [:])
        guard result.status == 0 else { throw TestSupportError("\(script) failed: \(result.errors)") }
        return try JSONDecoder().decode([DocumentFigures].self, from: Data(result.output.utf8))
    }
}
