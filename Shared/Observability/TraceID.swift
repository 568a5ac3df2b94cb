package import HTTPTypes
package import Logging
internal import Synchronization

/// Follows one request through all services: carried by value in requests, jobs and stream entries, shown in logs.
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
    /// The HTTP header that carries it, in requests (optional) and in every response.
    package static let headerName = HTTPField.Name("x-trace-id")
    package static let metadataKey = "trace"

    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Where this process is in the sequence of all numbers that it began at random: to ask the system for each would be a call of it.
    private static let latest = Atomic<UInt64>(.random(in: .min ... .max))

    /// Unlike any other for as long as traces are kept, and no secret: splitmix64.
    package static func random() -> TraceID {
        var mixed = latest.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return TraceID(rawValue: max(1, mixed ^ (mixed >> 31)))
    }

    /// Exactly 16 hex digits, not all zero.
    package init?(hex: some StringProtocol) {
        guard hex.utf8.count == 16, hex.utf8.allSatisfy({ UInt8(ascii: "+") != $0 }),
            let value = UInt64(hex, radix: 16), value != 0
        else { return nil }
        rawValue = value
    }

    /// The trace a request brought, or a new one if it brought none, or something else than a trace.
    package init(from headers: HTTPFields) {
        self = Self.headerName.flatMap { headers[$0] }.flatMap { TraceID(hex: $0) } ?? .random()
    }

    /// 16 lowercase hex digits.
    package var hex: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    package var description: String { hex }
}

extension Logger {
    /// This logger, with `trace` in all its lines.
    package func tracing(_ trace: TraceID) -> Logger {
        var logger = self
        logger[metadataKey: TraceID.metadataKey] = .string(trace.hex)
        return logger
    }
}
