package import ArgumentParser
package import Logging

/// A type of option that can say in words what it expects.
package protocol OptionValue: ExpressibleByArgument, Sendable {
    /// Completes "… must be": `host:port, such as 127.0.0.1:8080`.
    static var expected: String { get }
}

extension OptionValue where Self: CaseIterable & RawRepresentable, RawValue == String {
    package static var expected: String {
        "one of " + allCases.map(\.rawValue).joined(separator: ", ")
    }
}

extension String: OptionValue {
    package static var expected: String { "text" }
}

extension Int: OptionValue {
    package static var expected: String { "a whole number" }
}

extension Double: OptionValue {
    package static var expected: String { "a number" }
}

extension Bool: OptionValue {
    package static var expected: String { "true or false" }
}

/// Where a server listens or is found. Port 0: any that is free.
package struct HostPort: Hashable, OptionValue, CustomStringConvertible {
    package static let expected = "host:port, such as 127.0.0.1:8080 or [::1]:8080"

    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// Several values in one option or variable, separated by commas. Never empty when it was parsed.
package struct CommaList<Element: OptionValue>: OptionValue, CustomStringConvertible {
    package static var expected: String { "separated by commas, each \(Element.expected)" }

    package let values: [Element]

    package init(_ values: [Element]) {
        self.values = values
    }

    package init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            Element(argument: String($0.drop { $0 == " " }))
        }
        guard parts.allSatisfy({ $0 != nil }) else { return nil }
        values = parts.compactMap(\.self)
    }

    package var description: String {
        values.map { "\($0)" }.joined(separator: ",")
    }
}

package enum LogFormat: String, CaseIterable, OptionValue {
    /// For people: `time level instance message key=value …`.
    case text
    /// For machines: a JSON object a line.
    case json
}

package enum LogLevel: String, CaseIterable, OptionValue {
    case trace, debug, info, notice, warning, error, critical

    package var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
