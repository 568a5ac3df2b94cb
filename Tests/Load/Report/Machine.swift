internal import Foundation

/// Where and when a run took place: figures of different machines do not compare.
struct Machine: Sendable, Encodable, CustomStringConvertible {
    let time = ISO8601DateFormatter().string(from: Date())
    let processor: String
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let memoryGigabytes = (Double(ProcessInfo.processInfo.physicalMemory) / 1e9).rounded()
    let system = ProcessInfo.processInfo.operatingSystemVersionString

    init() {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        processor = model?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
    }

    var description: String {
        "\(processor), \(cores) cores, \(memoryGigabytes.readable) GB, \(system), \(time)"
    }
}
