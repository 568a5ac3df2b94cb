extension Report {
    /// All of it as Markdown: a table a section, and which goals were missed.
    var markdown: String {
        let missed = figures.filter { $0.figure.isReached == false }
        let goals = figures.filter { $0.figure.isReached != nil }.count
        let summary = "Goals reached: \(goals - missed.count) of \(goals)."
        let list = missed.map { "- missed: \($0.section), \($0.figure.label)" }
        let head = ["# Benchmark", "\(machine)."]
        return (head + sections.map(\.markdown) + [([summary] + list).joined(separator: "\n")]).joined(
            separator: "\n\n")
    }

    private var figures: [(section: String, figure: Figure)] {
        sections.flatMap { section in section.figures.map { (section.name, $0) } }
    }
}

extension Report.Section {
    var markdown: String {
        let table = figures.isEmpty ? [] : [Report.table([header] + figures.map(row))]
        return (["## \(name)"] + table + notes).joined(separator: "\n\n")
    }

    /// Every peer has a column, in the order in which they were named.
    private var peers: [String] {
        figures.flatMap { $0.peers.map(\.name) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private var hasGoals: Bool { figures.contains { !$0.goals.isEmpty } }

    private var header: [String] {
        ["", peers.isEmpty ? "measured" : "Larder", "unit"] + peers.flatMap { [$0, "×"] }
            + (hasGoals ? ["goal", "reached"] : [])
    }

    private func row(_ figure: Figure) -> [String] {
        var cells = [figure.label, figure.value.readable, figure.unit]
        for name in peers {
            let peer = figure.peers.first { $0.name == name }
            cells += [peer?.value.readable ?? "", peer.map { figure.ratio(to: $0).readable } ?? ""]
        }
        guard hasGoals else { return cells }
        let goal = figure.goals.map(\.description).joined(separator: ", ")
        return cells + [goal, figure.isReached.map { $0 ? "yes" : "**no**" } ?? ""]
    }
}

extension Report {
    /// Rows of cells, the header first, as an aligned Markdown table: what holds numbers to the right.
    static func table(_ rows: [[String]]) -> String {
        guard let header = rows.first else { return "" }
        let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let numeric = header.indices.map { column in
            rows.dropFirst().allSatisfy { $0[column].allSatisfy { $0.isNumber || "., −-e".contains($0) } }
        }
        let rule = header.indices.map { column in
            String(repeating: "-", count: widths[column] + 1) + (numeric[column] ? ":" : "-")
        }
        let lines = rows.map { row in
            let cells = header.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return numeric[column] ? padding + row[column] : row[column] + padding
            }
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return ([lines[0], "|" + rule.joined(separator: "|") + "|"] + lines.dropFirst()).joined(separator: "\n")
    }
}
