internal import Foundation
internal import TestStack
internal import TestSupport

/// What a process and its children have used so far.
struct ProcessUse {
    var cpuSeconds = 0.0
    /// The most that was resident at once.
    var peakBytes = 0.0

    init(_ processID: Int32) {
        let children = Self.read("/proc/\(processID)/task/\(processID)/children").split(separator: " ")
        for id in ["\(processID)"] + children.map(String.init) {
            let stat = Self.read("/proc/\(id)/stat")
            guard let end = stat.lastIndex(of: ")") else { continue }
            let fields = stat[end...].split(separator: " ")
            // utime and stime, in hundredths: proc(5).
            cpuSeconds += ((Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)) / 100
        }
        let peak = Self.read("/proc/\(processID)/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        peakBytes = (peak?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 1_024
    }

    private static func read(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// Each process of a stack, services first, and what drives them.
    static func all(of stack: Stack) -> [(name: String, use: ProcessUse)] {
        let services = stack.layout.services.map { ($0, stack.processID(of: $0) ?? 0) }
        let servers =
            [("Redis", stack.redis.processID)] + stack.zones.enumerated().map { ("Postgres \($0 + 1)", $1.processID) }
        return (services + servers + [("the driver", getpid())]).map { ($0.0, ProcessUse($0.1)) }
    }
}
