import Synchronization

/// How far a long command is: a bar that is drawn over for people, a line now and then for programs.
final class ProgressBar: Sendable {
    private static let width = 30
    /// Without a terminal, a line every so many percent.
    private static let stepPercent = 20

    private let silent: Bool
    private let shown = Mutex<(title: String, percent: Int)>(("", -1))

    init(silent: Bool) { self.silent = silent }

    func show(_ title: String, _ done: Int, of total: Int, unit: String) {
        guard !silent, total > 0 else { return }
        let percent = done * 100 / total
        let step = Terminal.isInteractive ? 1 : Self.stepPercent
        let due = shown.withLock { shown in
            guard shown.title != title || percent >= shown.percent + step || (done == total && percent > shown.percent)
            else { return false }
            shown = (title, percent)
            return true
        }
        guard due else { return }
        let counts = "\(done) of \(total) \(unit) \(title)"
        guard Terminal.isInteractive else { return Terminal.err(counts) }
        let filled = Self.width * percent / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        Terminal.draw("\r\u{1B}[K\(bar) \(counts)")
    }

    func end() {
        if !silent, Terminal.isInteractive { Terminal.draw("\r\u{1B}[K") }
    }
}
