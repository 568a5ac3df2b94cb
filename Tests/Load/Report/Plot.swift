/// A picture of some figures: `series` of values over common `categories`, all in one unit.
struct Plot: Sendable, Encodable {
    enum Style: String, Sendable, Encodable {
        /// Groups of bars, a group a category, one bar a series.
        case bars
        /// A line a series; the categories are points at equal distances.
        case lines
        /// A horizontal bar a category, made up of its series.
        case stack
    }

    struct Series: Sendable, Encodable {
        let name: String
        /// One a category; nil where there is none.
        let values: [Double?]

        init(_ name: String, _ values: [Double?]) {
            self.name = name
            self.values = values
        }
    }

    let title: String
    /// What the values are, with their unit: `edits a second`.
    let unit: String
    /// What the categories are: `connections`.
    let axis: String
    let style: Style
    /// Powers of ten at equal distances; for lines only.
    let logarithmic: Bool
    let categories: [String]
    let series: [Series]

    init(
        _ title: String, _ style: Style, unit: String, axis: String = "", logarithmic: Bool = false,
        categories: [String],
        series: [Series]
    ) {
        self.title = title
        self.style = style
        self.unit = unit
        self.axis = axis
        self.logarithmic = logarithmic
        self.categories = categories
        self.series = series.filter { $0.values.contains { $0 != nil } }
    }

    var values: [Double] { series.flatMap { $0.values.compactMap { $0 } }.filter { $0.isFinite } }
}
