/// One plot on its card: title, unit, legend, and below them the marks.
struct Panel {
    static let width = 480.0
    static let margin = 20.0
    private static let chartHeight = 180.0
    private static let rowHeight = 18.0
    private static let barHeight = 26.0

    private let plot: Plot
    private let legend: [[(series: Int, text: String, x: Double)]]

    init(_ plot: Plot) {
        self.plot = plot
        legend = Panel.legend(of: plot)
    }

    var height: Double {
        if plot.style == .stack { return top + Double(plot.categories.count) * (Panel.barHeight + 28) + 8 }
        return top + Panel.chartHeight + (plot.axis.isEmpty ? 38 : 56)
    }

    /// Where the marks begin, below the legend.
    private var top: Double { 64 + Double(legend.count) * Panel.rowHeight + 14 }

    var drawing: String {
        var drawing = Drawing()
        drawing.rectangle(0.5, 0.5, Panel.width - 1, height - 1, "panel", radius: 8)
        drawing.text(plot.title, Panel.margin, 30, "title", size: 15)
        drawing.text(plot.unit + (plot.logarithmic ? " (logarithmic)" : ""), Panel.margin, 48, "quiet")
        drawLegend(in: &drawing)
        if plot.style == .stack { drawStack(in: &drawing) } else { drawChart(in: &drawing) }
        return drawing.elements.joined(separator: "\n")
    }

    // MARK: - Legend

    /// In as many rows as it needs; a single series is named by the title. Of one stacked bar it tells the values.
    private static func legend(of plot: Plot) -> [[(series: Int, text: String, x: Double)]] {
        guard plot.series.count > 1 else { return [] }
        var rows: [[(series: Int, text: String, x: Double)]] = [[]]
        var x = margin
        for (index, series) in plot.series.enumerated() {
            let value = plot.style == .stack && plot.categories.count == 1 ? series.values.first ?? nil : nil
            let text = series.name + (value.map { "  \($0.readable)" } ?? "")
            let width = 16 + Drawing.width(of: text) + 14
            if x + width > Panel.width - margin, rows[rows.count - 1].isEmpty == false {
                rows.append([])
                x = margin
            }
            rows[rows.count - 1].append((index, text, x))
            x += width
        }
        return rows
    }

    private func drawLegend(in drawing: inout Drawing) {
        for (row, entries) in legend.enumerated() {
            let y = 72 + Double(row) * Panel.rowHeight
            for entry in entries {
                drawing.rectangle(entry.x, y - 9, 10, 10, fill(entry.series), radius: 2)
                drawing.text(entry.text, entry.x + 16, y)
            }
        }
    }

    private func fill(_ series: Int) -> String { "fill\(series % Report.colourCount)" }

    // MARK: - Bars and lines

    private func drawChart(in drawing: inout Drawing) {
        let scale = Scale(plot.values, logarithmic: plot.logarithmic && plot.style == .lines)
        let bottom = top + Panel.chartHeight
        let labels = scale.ticks.map(\.short)
        let left = Panel.margin + (labels.map { Drawing.width(of: $0) }.max() ?? 0) + 8
        let right = Panel.width - Panel.margin
        for (tick, label) in zip(scale.ticks, labels) {
            guard let share = scale.share(of: tick) else { continue }
            let y = bottom - share * Panel.chartHeight
            drawing.line((left, y), (right, y), share == 0 ? "base" : "grid")
            drawing.text(label, left - 8, y + 4, "quiet", anchor: .end)
        }
        let step = (right - left) / Double(max(plot.categories.count, 1))
        for (index, category) in plot.categories.enumerated() {
            drawing.text(category, left + (Double(index) + 0.5) * step, bottom + 18, anchor: .middle)
        }
        if !plot.axis.isEmpty {
            drawing.text(plot.axis, (left + right) / 2, bottom + 38, "quiet", anchor: .middle)
        }
        let place = { (category: Int, value: Double) -> (x: Double, y: Double)? in
            scale.share(of: value).map { (left + (Double(category) + 0.5) * step, bottom - $0 * Panel.chartHeight) }
        }
        if plot.style == .bars {
            drawBars(in: &drawing, step: step, bottom: bottom, place)
        } else {
            drawLines(in: &drawing, place)
        }
    }

    private typealias Place = (_ category: Int, _ value: Double) -> (x: Double, y: Double)?

    private func drawBars(in drawing: inout Drawing, step: Double, bottom: Double, _ place: Place) {
        let width = min(44, step * 0.8 / Double(plot.series.count))
        for category in plot.categories.indices {
            for (index, series) in plot.series.enumerated() {
                guard let value = series.values[category], let point = place(category, value) else { continue }
                let x = point.x + (Double(index) - Double(plot.series.count) / 2) * width
                drawing.rectangle(x + 1, point.y, width - 2, bottom - point.y, fill(index), radius: 2)
                drawing.textWhereFree(value.short, x + width / 2, [point.y - 5])
            }
        }
    }

    private func drawLines(in drawing: inout Drawing, _ place: Place) {
        for (index, series) in plot.series.enumerated() {
            let points = series.values.enumerated().compactMap { category, value in
                value.flatMap { place(category, $0) }
            }
            drawing.path(points, "line\(index % Report.colourCount)")
            for point in points { drawing.dot(point.x, point.y, fill(index)) }
        }
        for series in plot.series {
            for (category, value) in series.values.enumerated() {
                guard let value, let point = place(category, value) else { continue }
                drawing.textWhereFree(value.short, point.x, [point.y - 8, point.y + 17])
            }
        }
    }

    // MARK: - Stacks

    private func drawStack(in drawing: inout Drawing) {
        let totals = plot.categories.indices.map { category in
            plot.series.reduce(0) { $0 + (($1.values[category]) ?? 0) }
        }
        let unit = (Panel.width - 2 * Panel.margin) / max(totals.max() ?? 1, .leastNormalMagnitude)
        for (category, total) in totals.enumerated() {
            let y = top + Double(category) * (Panel.barHeight + 28)
            drawing.text(plot.categories[category], Panel.margin, y + 10)
            drawing.text(total.readable, Panel.width - Panel.margin, y + 10, "title", anchor: .end)
            var x = Panel.margin
            for (index, series) in plot.series.enumerated() {
                guard let value = series.values[category], value > 0 else { continue }
                let width = value * unit
                drawing.rectangle(x, y + 18, max(width - 1, 0.5), Panel.barHeight, fill(index))
                if Drawing.width(of: value.short, 11) + 8 < width {
                    drawing.text(value.short, x + width / 2, y + 35, "inside", size: 11, anchor: .middle)
                }
                x += width
            }
        }
    }
}
