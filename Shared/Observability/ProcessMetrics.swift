import Foundation

/// What the kernel knows about this process, from `/proc/self`: read anew for each `/metrics`.
package enum ProcessMetrics {
    package struct Sample: Equatable, Sendable {
        package let cpuSeconds: Double
        package let residentBytes: Int
        package let openFiles: Int
        package let threads: Int

        package init(cpuSeconds: Double, residentBytes: Int, openFiles: Int, threads: Int) {
            self.cpuSeconds = cpuSeconds
            self.residentBytes = residentBytes
            self.openFiles = openFiles
            self.threads = threads
        }
    }

    /// Prometheus text with the usual names; empty where there is no `/proc`.
    package static func render() -> String {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            let sample = parse(
                stat: stat, openFiles: files, ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)),
                pageBytes: sysconf(Int32(_SC_PAGESIZE)))
        else { return "" }
        return text(sample)
    }

    /// Nil if `stat` is not what proc_pid_stat(5) describes.
    package static func parse(stat: String, openFiles: Int, ticksPerSecond: Int, pageBytes: Int) -> Sample? {
        // The program's name, field 2, stands in parentheses and may hold spaces and parentheses: count after the last.
        guard let nameEnd = stat.lastIndex(of: ")"), ticksPerSecond > 0 else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(whereSeparator: \.isWhitespace)
        guard fields.count >= 22, let user = Int(fields[11]), let system = Int(fields[12]),
            let threads = Int(fields[17]), let pages = Int(fields[21])
        else { return nil }
        return Sample(
            cpuSeconds: Double(user + system) / Double(ticksPerSecond), residentBytes: pages * pageBytes,
            openFiles: openFiles, threads: threads)
    }

    package static func text(_ sample: Sample) -> String {
        """
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total \(PrometheusText.number(sample.cpuSeconds))
        # TYPE process_open_fds gauge
        process_open_fds \(sample.openFiles)
        # TYPE process_resident_memory_bytes gauge
        process_resident_memory_bytes \(sample.residentBytes)
        # TYPE process_threads gauge
        process_threads \(sample.threads)

        """
    }
}
