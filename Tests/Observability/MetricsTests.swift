import Metrics
import Observability
import Testing

@Suite("Prometheus text")
struct MetricsTests {
    private let registry = MetricsRegistry()

    /// The text without the registry's own counter.
    private var rendered: String {
        registry.render().split(separator: "\n").filter { !$0.contains("larder_metric_series_refused") }
            .map { $0 + "\n" }.joined()
    }

    @Test("Counters, gauges and fractions are one line each, sorted, with their labels escaped")
    func golden() {
        Counter(label: "jobs.done", dimensions: [("queue", "sync"), ("a-b", "x\"y\\z\nw")], factory: registry)
            .increment(by: 3)
        Counter(label: "jobs.done", factory: registry).increment()
        FloatingPointCounter(label: "seconds", factory: registry).increment(by: 0.25)
        let meter = Meter(label: "2nd", factory: registry)
        meter.set(5)
        meter.decrement(by: 7.5)
        Gauge(label: "inflight", factory: registry).record(42)
        #expect(
            rendered == #"""
                # TYPE _2nd gauge
                _2nd -2.5
                # TYPE inflight gauge
                inflight 42
                # TYPE jobs_done_total counter
                jobs_done_total 1
                jobs_done_total{a_b="x\"y\\z\nw",queue="sync"} 3
                # TYPE seconds_total counter
                seconds_total 0.25

                """#)
    }

    @Test("Timers are histograms in seconds, cumulative, and their bounds belong to the lower bucket")
    func timer() {
        let timer = Timer(label: "sync", dimensions: [("to", "r1")], factory: registry)
        timer.recordMilliseconds(1)
        timer.recordMilliseconds(2)
        timer.recordSeconds(60)
        #expect(
            rendered == """
                # TYPE sync_seconds histogram
                sync_seconds_bucket{to="r1",le="0.0005"} 0
                sync_seconds_bucket{to="r1",le="0.001"} 1
                sync_seconds_bucket{to="r1",le="0.0025"} 2
                sync_seconds_bucket{to="r1",le="0.005"} 2
                sync_seconds_bucket{to="r1",le="0.01"} 2
                sync_seconds_bucket{to="r1",le="0.025"} 2
                sync_seconds_bucket{to="r1",le="0.05"} 2
                sync_seconds_bucket{to="r1",le="0.1"} 2
                sync_seconds_bucket{to="r1",le="0.25"} 2
                sync_seconds_bucket{to="r1",le="0.5"} 2
                sync_seconds_bucket{to="r1",le="1"} 2
                sync_seconds_bucket{to="r1",le="2.5"} 2
                sync_seconds_bucket{to="r1",le="5"} 2
                sync_seconds_bucket{to="r1",le="10"} 2
                sync_seconds_bucket{to="r1",le="+Inf"} 3
                sync_seconds_sum{to="r1"} 60.003
                sync_seconds_count{to="r1"} 3

                """)
    }

    @Test("Recorders are histograms of sizes")
    func recorder() {
        Recorder(label: "batch", factory: registry).record(7)
        #expect(rendered.contains("batch_bucket{le=\"5\"} 0\nbatch_bucket{le=\"10\"} 1\n"))
        #expect(rendered.hasSuffix("batch_sum 7\nbatch_count 1\n"))
    }

    @Test("Past the limit of a family, labels go to one series that says so, and the loss is counted")
    func cardinality() {
        for user in 0..<MetricsRegistry.seriesPerFamilyMax + 5 {
            Counter(label: "requests", dimensions: [("user", "\(user)")], factory: registry).increment()
        }
        #expect(registry.render().contains("requests_total{overflow=\"true\"} 5\n"))
        #expect(registry.render().contains("larder_metric_series_refused_total 5\n"))
        #expect(rendered.split(separator: "\n").count == MetricsRegistry.seriesPerFamilyMax + 2)
    }

    @Test("A name that is taken by another kind is not shown twice")
    func kindConflict() {
        Gauge(label: "x_total", factory: registry).record(1)
        Counter(label: "x", factory: registry).increment()
        #expect(rendered == "# TYPE x_total gauge\nx_total 1\n")
    }

    @Test("A metric that is destroyed is gone")
    func destroy() {
        let counter = Counter(label: "x", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(rendered.isEmpty)
    }

    @Test("No increment of many at once is lost")
    func concurrency() async {
        let (fractions, timer) = (Meter(label: "f", factory: registry), Timer(label: "t", factory: registry))
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        Counter(label: "c", factory: registry).increment()
                        fractions.increment(by: 0.5)
                        timer.recordMilliseconds(1)
                    }
                }
            }
        }
        #expect(rendered.contains("c_total 8000\n"))
        #expect(rendered.contains("f 4000\n"))
        #expect(rendered.contains("t_seconds_count 8000\n"))
    }

    @Test("The process's own numbers come from the kernel, whatever the program is called")
    func process() throws {
        let stat = "7 (a) b) R 1 1 1 0 -1 0 0 0 0 0 250 50 0 0 20 0 9 0 100 1000000 1234 18446744073709551615 1"
        let sample = try #require(
            ProcessMetrics.parse(stat: stat, openFiles: 5, ticksPerSecond: 100, pageBytes: 4096))
        #expect(sample == .init(cpuSeconds: 3, residentBytes: 1234 * 4096, openFiles: 5, threads: 9))
        #expect(ProcessMetrics.text(sample).contains("process_resident_memory_bytes 5054464\n"))
        #expect(ProcessMetrics.parse(stat: "nonsense", openFiles: 0, ticksPerSecond: 100, pageBytes: 1) == nil)
        #expect(ProcessMetrics.render().contains("process_open_fds "))
    }
}
