package import Metrics
import Synchronization

/// Keeps all metrics of the program, and shows them as Prometheus text.
///
/// Counters become `…_total`, timers histograms `…_seconds`, recorders histograms of sizes, gauges and meters gauges.
/// Making a metric takes a lock and a lookup; updating one that is held takes an atomic, or a short lock: hold it.
package final class MetricsRegistry: MetricsFactory, Sendable {
    /// Past it, samples with new labels go to the family's series labelled `overflow="true"`.
    package static let seriesPerFamilyMax = 500
    /// Past it, new metrics are not shown.
    package static let familiesMax = 500

    private enum Kind: String {
        case counter, gauge, histogram
    }

    private struct Family {
        let kind: Kind
        /// By rendered labels.
        var series: [String: any MetricSeries] = [:]
    }

    private let families = Mutex<[String: Family]>([:])
    private let refused = CounterSeries()

    package init() {
        families.withLock {
            $0["larder_metric_series_refused_total"] = Family(kind: .counter, series: ["": refused])
        }
    }

    /// All families by name, their series by labels, then the process's own.
    package func render() -> String {
        var text = ""
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.render(name: name, labels: labels, into: &text)
            }
        }
        return text
    }

    /// The series of this name and these labels; a hidden one if the name is taken by another kind.
    private func series<Series: MetricSeries>(
        _ kind: Kind, _ name: String, _ dimensions: [(String, String)], make: () -> Series
    ) -> Series {
        let labels = PrometheusText.labels(dimensions)
        return families.withLock { families in
            guard families[name] != nil || families.count < Self.familiesMax else { return refuse(make()) }
            var family = families[name] ?? Family(kind: kind)
            let isFull = family.series[labels] == nil && family.series.count >= Self.seriesPerFamilyMax
            let key = isFull ? PrometheusText.labels([("overflow", "true")]) : labels
            if isFull { refused.increment(by: 1) }
            if let known = family.series[key] {
                return known as? Series ?? refuse(make())
            }
            guard family.kind == kind else { return refuse(make()) }
            let made = make()
            family.series[key] = made
            families[name] = family
            return made
        }
    }

    private func refuse<Series: MetricSeries>(_ hidden: Series) -> Series {
        refused.increment(by: 1)
        return hidden
    }

    private func remove(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                guard let labels = family.series.first(where: { $0.value === handler })?.key else { continue }
                families[name]?.series[labels] = nil
                if family.series.count == 1 { families[name] = nil }
                return
            }
        }
    }
}

extension MetricsRegistry {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(.counter, Self.name(label, unit: "_total"), dimensions) { CounterSeries() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(.counter, Self.name(label, unit: "_total"), dimensions) { NumberSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, Self.name(label), dimensions) { NumberSeries() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return series(.gauge, Self.name(label), dimensions) { NumberSeries() } }
        return series(.histogram, Self.name(label), dimensions) { HistogramSeries(bounds: HistogramSeries.sizes) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(.histogram, Self.name(label, unit: "_seconds"), dimensions) {
            HistogramSeries(bounds: HistogramSeries.seconds)
        }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    private static func name(_ label: String, unit: String = "") -> String {
        let name = PrometheusText.metricName(label)
        return name.hasSuffix(unit) ? name : name + unit
    }
}
