import Foundation
import ListCRDT
import LivePresence
import Messages

/// What a device says, as JSON.
struct LiveRequest: Decodable {
    struct Follow: Decodable {
        var list: String
        /// Base64 of what the device has.
        var context: String?
    }

    var token: String?
    var follow: [Follow]?
    var unfollow: [String]?
    /// The lists that it has on screen, instead of those it named before.
    var open: [String]?
}

/// What the bridge says, as JSON text.
enum LiveFrames {
    struct Followed: Encodable {
        var list: String
        var role: String
        var context: String
        var delta: String?
    }

    struct Unfollowed: Encodable {
        var list: String
        var reason: String
    }

    static func ready(user: UserID, username: String, expiresMilliseconds: UInt64) -> String {
        json(["ready": ["user": user.hex, "username": username, "expiresAt": iso(expiresMilliseconds)]])
    }

    static func following(_ lists: [Followed]) -> String { json(["following": lists]) }

    static func unfollowed(_ lists: [Unfollowed]) -> String { json(["unfollowed": lists]) }

    static func digest(_ list: DocumentID, _ context: Context) -> String {
        json(["digest": ["list": list.hex, "context": base64(context.encoded())]])
    }

    static func presence(_ list: DocumentID, _ people: [PresentPerson]) -> String {
        let users = people.map { Present.User(user: $0.user.hex, username: $0.username) }
        return json(["presence": Present(list: list.hex, users: users)])
    }

    static func error(_ code: String, _ message: String, list: String? = nil) -> String {
        var fields = ["code": code, "message": message]
        fields["list"] = list
        return json(["error": fields])
    }

    static func change(_ change: LiveChange) -> String {
        json([
            "change": Change(
                list: change.document.hex, by: change.username, at: iso(change.atMilliseconds),
                trace: hexDigits(change.trace),
                what: what(change.delta), delta: base64(change.delta.encoded()))
        ])
    }

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    private struct Present: Encodable {
        struct User: Encodable {
            var user, username: String
        }

        var list: String
        var users: [User]
    }

    // MARK: - What changed, field by field

    private struct Change: Encodable {
        var list, by, at, trace: String
        var what: [What]
        var delta: String
    }

    private struct What: Encodable {
        /// The item's id; `list` for the list's own fields; a member's id.
        var item: String
        var field: String
        var value: LiveValue
    }

    private static func what(_ delta: Delta) -> [What] {
        delta.entries.flatMap { key, change -> [What] in
            let item = key == .head ? "list" : key.id.hex
            guard let fields = change.versions.last?.fields else {
                return [What(item: item, field: "removed", value: LiveValue(.bool(true)))]
            }
            let latest = fields.latestStamp
            let news = fields.registers.filter { $0.content.stamp == latest }
            return news.map { What(item: item, field: name(of: $0.field), value: LiveValue($0.content.value)) }
                + fields.counters.map {
                    What(item: item, field: "remaining", value: LiveValue(.int($0.content.remaining)))
                }
        }
    }

    private static func name(of field: Field) -> String {
        switch field {
        case .name: "name"
        case .note: "note"
        case .category: "category"
        case .unit: "unit"
        case .checked: "checked"
        case .position: "position"
        case .trashed: "trashed"
        case .role: "role"
        case .memberName: "username"
        default: "field-\(field.rawValue)"
        }
    }

    private static func iso(_ milliseconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(min(milliseconds, 253_402_300_799_000)) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private static func json(_ content: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(content)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// A field's value as JSON; bytes as base64.
struct LiveValue: Encodable {
    private let value: Value

    init(_ value: Value) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .null: try container.encodeNil()
        case .bool(let truth): try container.encode(truth)
        case .int(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .bytes(let bytes): try container.encode(LiveFrames.base64(bytes))
        }
    }
}
