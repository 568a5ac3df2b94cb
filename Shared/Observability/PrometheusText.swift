/// The text exposition format 0.0.4: names, labels and numbers as Prometheus reads them.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`: every other character becomes `_`.
    static func metricName(_ name: String) -> String {
        legal(name) { isLetterOrDigit($0) || $0 == UInt8(ascii: ":") }
    }

    /// Sorted by name: `{code="200",route="/v1/lists"}`, or nothing when there are none.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.map { (legal($0.0, isLetterOrDigit), $0.1) }.sorted { $0 < $1 }
        return "{" + pairs.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    /// The labels with one more, put last.
    static func labels(_ labels: String, adding name: String, _ value: String) -> String {
        let added = "\(name)=\"\(escaped(value))\""
        return labels.isEmpty ? "{\(added)}" : "\(labels.dropLast()),\(added)}"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { "\\\"\n".utf8.contains($0) }) else { return value }
        return value.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }

    private static func legal(_ name: String, _ isLegal: (UInt8) -> Bool) -> String {
        let bytes = name.utf8.map { isLegal($0) ? $0 : UInt8(ascii: "_") }
        let startsWithDigit = bytes.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? true
        return (startsWithDigit ? "_" : "") + String(decoding: bytes, as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
