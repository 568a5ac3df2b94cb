extension Report {
    /// One picture of all plots, in two columns; it stands by itself, and reads on white and on black: it has a ground of its
    /// own, which follows the reader's colour scheme.
    var svg: String {
        let panels = sections.flatMap(\.plots).filter { !$0.values.isEmpty }.map(Panel.init)
        let (width, gap, top) = (Panel.width * 2 + 60.0, 20.0, 76.0)
        var drawing = Drawing()
        drawing.text("Larder, measured", gap, 36, "heading", size: 20)
        drawing.text("\(machine)", gap, 56, "quiet")
        var groups: [String] = []
        var columns = [top, top]
        for panel in panels {
            let column = columns[0] <= columns[1] ? 0 : 1
            let x = gap + Double(column) * (Panel.width + gap)
            groups.append("<g transform=\"translate(\(x) \(columns[column]))\">\n\(panel.drawing)\n</g>")
            columns[column] += panel.height + gap
        }
        let height = columns.max() ?? top
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)">
            <title>Larder, measured</title>
            <style>\(Report.style)</style>
            <rect class="ground" width="100%" height="100%"/>
            \((drawing.elements + groups).joined(separator: "\n"))
            </svg>

            """
    }

    /// Colours that tell series apart also for the colour-blind, dark enough for white and light enough for black.
    private static let colours = [
        "#2f6fde", "#d9822b", "#1f9e89", "#8a63d2", "#d1495b", "#6b7785", "#8a8f2a", "#3aa5d1",
    ]

    static var colourCount: Int { colours.count }

    private static var style: String {
        let series = colours.enumerated().map { index, colour in
            ".fill\(index){fill:\(colour)}.line\(index){fill:none;stroke:\(colour);stroke-width:2}"
        }
        return """
            text{font-family:system-ui,-apple-system,"Segoe UI","Helvetica Neue",Arial,sans-serif}
            .ground{fill:#f5f6f8}.panel{fill:#ffffff;stroke:#e1e4e8}
            .heading,.title{fill:#1a1f26;font-weight:600}.label,.value{fill:#333b45}.quiet{fill:#66707c}
            .value{paint-order:stroke;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round}.inside{fill:#ffffff;font-weight:600}
            .grid{stroke:#e6e9ed}.base{stroke:#9aa3ad}
            \(series.joined())
            @media (prefers-color-scheme:dark){
            .ground{fill:#0d1117}.panel{fill:#161b22;stroke:#2b323b}
            .heading,.title{fill:#f0f3f6}.label,.value{fill:#d0d7de}.quiet{fill:#9aa5b1}
            .value{stroke:#161b22}.grid{stroke:#272e37}.base{stroke:#6b7785}}
            """
    }
}
