internal import Foundation

/// From values to heights: round ticks, from zero or, when logarithmic, from below the least value.
struct Scale {
    let ticks: [Double]
    private let low: Double
    private let high: Double
    private let logarithmic: Bool

    /// `values` that a logarithm does not have are left out.
    init(_ values: [Double], logarithmic: Bool) {
        let positive = values.filter { $0 > 0 }
        self.logarithmic = logarithmic
        guard let least = positive.min(), let most = positive.max() else {
            (ticks, low, high) = ([0, 1], 0, 1)
            return
        }
        let steps = logarithmic ? Scale.logarithmicTicks(from: least, to: most) : Scale.linearTicks(to: most)
        (low, high) = (steps.first ?? 0, steps.last ?? 1)
        let decades = steps.filter { log10($0).rounded() == log10($0) }
        ticks = logarithmic && steps.count > 7 ? decades : steps
    }

    /// 0 for the lowest tick, 1 for the highest; nil for what has no place.
    func share(of value: Double) -> Double? {
        guard value.isFinite, !logarithmic || value > 0 else { return nil }
        return logarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
    }

    /// Four to eight of them, the last at or above `most`.
    private static func linearTicks(to most: Double) -> [Double] {
        let step = round(most / 5, up: true)
        let count = Int((most / step).rounded(.up))
        return (0...max(count, 1)).map { Double($0) * step }
    }

    /// 1, 2 and 5 times powers of ten, from the last at or below `least`.
    private static func logarithmicTicks(from least: Double, to most: Double) -> [Double] {
        var ticks = [round(least, up: false)]
        while let last = ticks.last, last < most || ticks.count < 2 { ticks.append(round(last * 1.9, up: true)) }
        return ticks
    }

    /// The next 1, 2 or 5 times a power of ten.
    private static func round(_ value: Double, up: Bool) -> Double {
        let decade = pow(10, log10(value).rounded(.down))
        let factors = [1.0, 2, 5, 10]
        let tolerance = decade * 1e-9
        let factor =
            up
            ? factors.first { $0 * decade >= value - tolerance } : factors.last { $0 * decade <= value + tolerance }
        return decade * (factor ?? 1)
    }
}
