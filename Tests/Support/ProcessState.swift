internal import Foundation

/// What a process does now, as in proc(5).
package enum ProcessState {
    case stopped
    /// It has ended, or there is none.
    case ended
    case other

    package init(of processID: Int32) {
        let status = (try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)) ?? ""
        // The name before it may hold anything.
        switch status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first {
        case "T": self = .stopped
        case nil, "Z", "X": self = .ended
        default: self = .other
        }
    }
}
