import Foundation

/// Standard output and error: colours only for people, and only where they are wanted.
enum Terminal {
    static let isInteractive = isatty(STDOUT_FILENO) == 1
    private static let coloured = isInteractive && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    static func out(_ text: String) { write(text, to: .standardOutput) }
    static func err(_ text: String) { write(text, to: .standardError) }

    /// Text that ends without a newline gets one.
    private static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
    }

    /// Without a newline: for what is drawn over.
    static func draw(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

    static func dim(_ text: String) -> String { paint(text, "2") }
    static func bold(_ text: String) -> String { paint(text, "1") }
    static func green(_ text: String) -> String { paint(text, "32") }
    static func yellow(_ text: String) -> String { paint(text, "33") }

    private static func paint(_ text: String, _ code: String) -> String {
        coloured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    static func time(_ milliseconds: UInt64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        let components = Calendar.current.dateComponents([.hour, .minute, .second], from: date)
        return [components.hour, components.minute, components.second]
            .map { String(format: "%02d", $0 ?? 0) }.joined(separator: ":")
    }

    static func date(_ milliseconds: UInt64) -> String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        let components = Calendar.current.dateComponents([.year, .month, .day], from: date)
        let day = [components.year, components.month, components.day].map { String(format: "%02d", $0 ?? 0) }
        return day.joined(separator: "-") + " " + time(milliseconds)
    }

    /// A password: asked for without an echo, or the first line of standard input.
    static func password() -> String? {
        if let password = ProcessInfo.processInfo.environment["LARDER_PASSWORD"] { return password }
        guard isatty(STDIN_FILENO) == 1 else { return readLine() }
        return getpass("Password: ").map { String(cString: $0) }
    }
}
