internal import Foundation

/// Elements of an SVG picture, in the order in which they are painted. Styles are classes: `Report.svg` defines them.
struct Drawing {
    enum Anchor: String { case start, middle, end }

    private(set) var elements: [String] = []
    /// Where texts stand already, so that none is put over another.
    private var occupied: [Box] = []

    struct Box {
        let left, top, right, bottom: Double

        func overlaps(_ other: Box) -> Bool {
            left < other.right && other.left < right && top < other.bottom && other.top < bottom
        }
    }

    mutating func text(
        _ text: String, _ x: Double, _ y: Double, _ style: String = "label", size: Double = 12, anchor: Anchor = .start
    ) {
        occupied.append(Drawing.box(of: text, x, y, size, anchor))
        elements.append(
            "<text class=\"\(style)\" x=\"\(f(x))\" y=\"\(f(y))\" font-size=\"\(f(size))\" text-anchor=\"\(anchor)\">"
                + "\(Drawing.escape(text))</text>")
    }

    /// Puts the text at the first of these heights where it covers no other; nowhere if it would cover one at each.
    mutating func textWhereFree(_ text: String, _ x: Double, _ heights: [Double], size: Double = 11) {
        let free = heights.first { y in
            let box = Drawing.box(of: text, x, y, size, .middle)
            return !occupied.contains { $0.overlaps(box) }
        }
        if let free { self.text(text, x, free, "value", size: size, anchor: .middle) }
    }

    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, radius: Double = 0
    ) {
        elements.append(
            "<rect class=\"\(style)\" x=\"\(f(x))\" y=\"\(f(y))\" width=\"\(f(width))\" height=\"\(f(height))\" "
                + "rx=\"\(f(radius))\"/>")
    }

    mutating func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ style: String) {
        elements.append(
            "<line class=\"\(style)\" x1=\"\(f(from.x))\" y1=\"\(f(from.y))\" x2=\"\(f(to.x))\" y2=\"\(f(to.y))\"/>")
    }

    mutating func path(_ points: [(x: Double, y: Double)], _ style: String) {
        let list = points.map { "\(f($0.x)),\(f($0.y))" }.joined(separator: " ")
        elements.append("<polyline class=\"\(style)\" points=\"\(list)\"/>")
    }

    mutating func dot(_ x: Double, _ y: Double, _ style: String) {
        occupied.append(Box(left: x - 4, top: y - 4, right: x + 4, bottom: y + 4))
        elements.append("<circle class=\"\(style)\" cx=\"\(f(x))\" cy=\"\(f(y))\" r=\"3.5\"/>")
    }

    /// An estimate, rather too wide, for sans-serif fonts.
    static func width(of text: String, _ size: Double = 12) -> Double { Double(text.count) * size * 0.56 }

    private static func box(of text: String, _ x: Double, _ y: Double, _ size: Double, _ anchor: Anchor) -> Box {
        let width = width(of: text, size)
        let left = x - (anchor == .start ? 0 : anchor == .middle ? width / 2 : width)
        return Box(left: left, top: y - size * 0.8, right: left + width, bottom: y + size * 0.2)
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }

    private func f(_ number: Double) -> String { String(format: "%.4g", (number * 10).rounded() / 10) }
}
