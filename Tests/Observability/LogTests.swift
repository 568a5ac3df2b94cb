import Foundation
import HTTPTypes
import Logging
import Observability
import Synchronization
import Testing

@Suite("Log lines")
struct LogTests {
    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(
            time: Date(timeIntervalSince1970: 1_000_000_000.5), level: .info,
            identity: ServiceIdentity(role: "gateway", instance: "gateway-4f3a"), label: "gateway", message: message,
            metadata: metadata)
    }

    @Test("Text is time, level, instance, message, then sorted keys and values")
    func text() {
        let line = line("listening", ["trace": "00c0ffee00c0ffee", "port": "80", "note": "two words", "empty": ""])
        #expect(
            line.formatted(.text) == """
                2001-09-09T01:46:40.500Z info     gateway-4f3a  listening empty="" note="two words" port=80 \
                trace=00c0ffee00c0ffee

                """)
    }

    @Test("JSON is one object a line, with the metadata beside the fixed fields")
    func json() throws {
        let text = line("a \"b\"\n\\c", ["trace": "00c0ffee00c0ffee", "message": "other"]).formatted(.json)
        #expect(text.hasSuffix("}\n") && text.count { $0 == "\n" } == 1)
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String]
        #expect(
            object == [
                "time": "2001-09-09T01:46:40.500Z", "level": "info", "role": "gateway", "instance": "gateway-4f3a",
                "label": "gateway", "message": "a \"b\"\n\\c", "trace": "00c0ffee00c0ffee", "_message": "other",
            ])
    }

    @Test("No text can begin a line of its own, or change the terminal", arguments: LogFormat.allCases)
    func injection(format: LogFormat) {
        let evil = "x\n2001 critical\r\u{1B}[31m\u{85}\u{2028}\0"
        let text = line(evil, ["key": "\(evil)", "\(evil)": "v"]).formatted(format)
        #expect(text.unicodeScalars.count { $0.properties.generalCategory == .control } == 1)
        #expect(!text.unicodeScalars.contains("\u{2028}"))
    }

    @Test("A long text is cut", arguments: LogFormat.allCases)
    func cut(format: LogFormat) {
        let text = line(String(repeating: "é", count: 1_000_000)).formatted(format)
        #expect(text.utf8.count < LogLine.textBytesMax + 300)
        #expect(text.contains("…"))
    }

    @Test("A logger's own, its provider's and the line's metadata come together; the line's win")
    func handler() {
        let lines = Mutex<[String]>([])
        let handler = Lines()
        var logger = Logger(label: "test") { _ in handler.handler() }
        logger[metadataKey: "a"] = "1"
        logger[metadataKey: "b"] = "1"
        logger.tracing(TraceID(rawValue: 0xAB)).notice("hello", metadata: ["b": "2"])
        logger.debug("not shown")
        lines.withLock { $0 = handler.all }
        #expect(lines.withLock { $0.count } == 1)
        #expect(lines.withLock { $0[0] }.hasSuffix("hello a=1 b=2 trace=00000000000000ab\n"))
    }
}

/// Collects what a logger writes.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func handler(level: Logger.Level = .info) -> StructuredLogHandler {
        StructuredLogHandler(
            label: "test", identity: ServiceIdentity(role: "test"), level: level, format: .text
        ) { [self] line in
            lines.withLock { $0.append(line) }
        }
    }
}

@Suite("Traces")
struct TraceIDTests {
    @Test("A trace is 16 hex digits there and back", arguments: [1, 0xC0FFEE, .max] as [UInt64])
    func roundTrip(rawValue: UInt64) {
        let trace = TraceID(rawValue: rawValue)
        #expect(trace.hex.utf8.count == 16)
        #expect(TraceID(hex: trace.hex) == trace)
    }

    @Test(
        "Nothing else is a trace",
        arguments: [
            "", "0", "0000000000000000", "00c0ffee00c0ffe", "+0c0ffee00c0ffee", "00c0ffee00c0ffeeg", "é0c0ffee00c0ffe",
        ])
    func refused(hex: String) {
        #expect(TraceID(hex: hex) == nil)
    }

    @Test("A request brings its trace or gets a new one")
    func header() throws {
        let name = try #require(TraceID.headerName)
        #expect(TraceID(from: [name: "00C0FFEE00c0ffee"]).rawValue == 0xC0_FFEE_00C0_FFEE)
        #expect(TraceID(from: [name: "DROP TABLE"]) != TraceID(from: [name: "DROP TABLE"]))
        #expect(TraceID(from: [:]) != TraceID(from: [:]))
    }
}
