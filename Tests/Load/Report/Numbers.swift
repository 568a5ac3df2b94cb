internal import Foundation

extension Double {
    /// Three significant digits, whole thousands in groups: `0.0123`, `2.70`, `48.1`, `512`, `12,345`.
    var readable: String {
        let size = abs(self)
        if size >= 100 || self == rounded() { return grouped }
        if size >= 10 { return String(format: "%.1f", self) }
        return size >= 1 ? String(format: "%.2f", self) : String(format: "%.3g", self)
    }

    /// As short as an axis wants it: `0.5`, `20`, `1.5k`, `3M`.
    var short: String {
        for (factor, suffix) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where abs(self) >= factor {
            return String(format: "%.3g", self / factor) + suffix
        }
        return String(format: "%.3g", self)
    }

    private var grouped: String {
        let digits = String(format: "%.0f", abs(self))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "−" + text : text
    }
}

extension [Double] {
    /// The value in the middle; not a number when there is none.
    var median: Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted()
        return (ordered[(count - 1) / 2] + ordered[count / 2]) / 2
    }
}
