internal import Foundation

/// The JSON of the gateway, as `/v1/openapi.json` describes it.
package struct SessionAnswer: Codable, Sendable {
    package struct User: Codable, Sendable {
        package var id: String
        package var username: String
    }

    /// Not in the answer to a refresh.
    package var user: User?
    package var accessToken: String
    package var refreshToken: String
}

package struct InvitationAnswer: Codable, Sendable {
    package var token: String
    package var url: String?
    package var role: String
    package var expiresAt: JSONTime?
}

package struct JoinedList: Codable, Sendable {
    package var id: String
    package var name: String?
    package var role: String?
}

package struct HistoryAnswer: Codable, Sendable {
    package struct Item: Codable, Sendable {
        package var id: String
        package var name: String?
    }

    package struct Change: Codable, Sendable {
        package var by: String?
        package var at: JSONTime?
        /// Nil: the list itself.
        package var item: Item?
        package var field: String?
        package var from: JSONScalar?
        package var to: JSONScalar?
    }

    package var changes: [Change]
}

struct EndpointsAnswer: Codable {
    var live: String
}

struct ErrorAnswer: Codable {
    struct Trouble: Codable {
        var code: String
        var message: String
        var retryable: Bool?
    }

    var error: Trouble
}

/// A moment as the server writes it: milliseconds since 1970, or ISO 8601 text. Kept as it came, read as milliseconds.
package struct JSONTime: Codable, Sendable, Hashable {
    package var milliseconds: UInt64

    package init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(UInt64.self) {
            milliseconds = number
        } else {
            let text = try container.decode(String.self)
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
            milliseconds = UInt64(max(0, try style.parse(text).timeIntervalSince1970 * 1_000))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

/// A JSON value that is not a container, as text for people.
package enum JSONScalar: Codable, Sendable, Hashable {
    case null, truth(Bool), number(Double), text(String)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let truth = try? container.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text((try? container.decode(String.self)) ?? "…")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .truth(let truth): try container.encode(truth)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        }
    }

    package var words: String {
        switch self {
        case .null: "nothing"
        case .truth(let truth): truth ? "yes" : "no"
        case .number(let number): number.rounded() == number ? String(format: "%.0f", number) : String(number)
        case .text(let text): text
        }
    }
}
