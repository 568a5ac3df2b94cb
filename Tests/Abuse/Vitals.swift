internal import Foundation
package import TestStack

/// What a service's process is like, as proc(5) tells.
package struct Vitals: Sendable, CustomStringConvertible {
    /// The most that any service may ever have had resident under these attacks. Thousands of connections to the gateway are the most
    /// expensive of them, at 10 to 20 KiB each.
    package static let residentBytesMax = 256 << 20

    package let processID: Int32
    package let residentBytes: Int
    /// The most there ever was.
    package let peakBytes: Int

    package var description: String { "\(residentBytes >> 20) MiB (at most \(peakBytes >> 20))" }

    init?(processID: Int32) {
        guard let text = try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8) else { return nil }
        func bytes(_ name: String) -> Int? {
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
        }
        guard let resident = bytes("VmRSS"), let peak = bytes("VmHWM") else { return nil }
        self.processID = processID
        residentBytes = resident
        peakBytes = peak
    }
}

extension Stack {
    /// Of each service that is alive.
    package func vitals() -> [String: Vitals] {
        var all: [String: Vitals] = [:]
        for name in layout.services where isRunning(name) { all[name] = processID(of: name).flatMap(Vitals.init) }
        return all
    }
}
