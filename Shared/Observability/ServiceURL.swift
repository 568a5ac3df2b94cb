import ArgumentParser

/// The address of a server, possibly with a password, which its description never shows: safe to print, log and list
/// as a default in `--help`.
package struct ServiceURL: Hashable, OptionValue, ExpressibleByStringLiteral, CustomStringConvertible,
    CustomDebugStringConvertible, CustomReflectable
{
    package static let expected = "an address such as redis://127.0.0.1:6379"

    /// As given, with its secrets: for the client that connects, and nothing else.
    package let text: String

    package init(stringLiteral text: String) {
        self.text = text
    }

    /// `scheme://…`, and something after it.
    package init?(argument: String) {
        guard let mark = argument.firstRange(of: "://"), mark.lowerBound != argument.startIndex,
            mark.upperBound != argument.endIndex,
            argument[..<mark.lowerBound].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
            )
        else { return nil }
        text = argument
    }

    /// The address with the password, and every value of the query, replaced by `***`.
    package var description: String {
        guard let mark = text.firstRange(of: "://") else { return "***" }
        let rest = text[mark.upperBound...]
        // A password may itself hold any of these marks unescaped: the last @ of all decides where the host begins.
        let at = rest.lastIndex(of: "@")
        let hostStart = at.map { rest.index(after: $0) } ?? rest.startIndex
        let credentials = at.map { Self.hidePassword(rest[..<$0]) + "@" } ?? ""
        return text[..<mark.upperBound] + credentials + Self.hideQuery(rest[hostStart...])
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(reflecting: description) }

    private static func hidePassword(_ credentials: Substring) -> String {
        guard let colon = credentials.firstIndex(of: ":") else { return String(credentials) }
        return credentials[...colon] + "***"
    }

    private static func hideQuery(_ tail: Substring) -> String {
        guard let mark = tail.firstIndex(of: "?") else { return String(tail) }
        let pairs = tail[tail.index(after: mark)...].split(separator: "&").map { pair in
            pair.firstIndex(of: "=").map { pair[...$0] + "***" } ?? String(pair)
        }
        return tail[...mark] + pairs.joined(separator: "&")
    }
}
