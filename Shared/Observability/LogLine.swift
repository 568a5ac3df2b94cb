package import Foundation
package import Logging

/// One line of the log, in either format. Pure: the time is passed in.
package struct LogLine: Sendable {
    /// Longer texts are cut there and end in `…`.
    package static let textBytesMax = 4096

    package let time: Date
    package let level: Logger.Level
    package let identity: ServiceIdentity
    package let label: String
    package let message: String
    package let metadata: Logger.Metadata

    package init(
        time: Date, level: Logger.Level, identity: ServiceIdentity, label: String, message: String,
        metadata: Logger.Metadata
    ) {
        self.time = time
        self.level = level
        self.identity = identity
        self.label = label
        self.message = message
        self.metadata = metadata
    }

    package func formatted(_ format: LogFormat) -> String {
        switch format {
        case .text: text
        case .json: json
        }
    }

    /// `2026-01-31T12:00:00.123Z info     gateway-4f3a  listening port=8080 trace=00c0ffee00c0ffee`
    private var text: String {
        let name = level.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        var line = "\(timeText) \(name) \(identity.instance)  \(Self.escaped(message))"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(Self.escaped(key))=\(Self.quotedIfNeeded("\(value)"))"
        }
        return line + "\n"
    }

    /// Metadata stand beside the fixed fields; one that has a fixed field's name gets an underscore before it.
    private var json: String {
        let fixed = [
            ("time", timeText), ("level", level.rawValue), ("role", identity.role), ("instance", identity.instance),
            ("label", label), ("message", message),
        ]
        let names = Set(fixed.map(\.0))
        let others = metadata.sorted { $0.key < $1.key }.map { key, value in
            (names.contains(key) ? "_\(key)" : key, "\(value)")
        }
        let fields = (fixed + others).map { "\"\(Self.escaped($0))\":\"\(Self.escaped($1))\"" }
        return "{" + fields.joined(separator: ",") + "}\n"
    }

    private var timeText: String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        let plain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }
        return plain ? escaped(value) : "\"\(escaped(value))\""
    }

    /// As inside a JSON string: no control characters, quotes or backslashes; cut at ``textBytesMax``.
    static func escaped(_ text: String) -> String {
        let scalars = text.unicodeScalars
        if text.utf8.count <= textBytesMax, scalars.allSatisfy({ !needsEscape($0) }) { return text }
        var result = ""
        for scalar in scalars {
            guard result.utf8.count < textBytesMax else { return result + "…" }
            append(scalar, to: &result)
        }
        return result
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\"" || scalar == "\\" || scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            || scalar.value == 0x2028 || scalar.value == 0x2029
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case _ where needsEscape(scalar):
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
}
