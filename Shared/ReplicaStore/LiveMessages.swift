internal import Foundation
package import ListCRDT

/// The JSON text frames of the live connection, as this side writes and reads them.
package enum LiveMessage: Sendable {
    /// Who changed what in a list, and the change itself.
    package struct Change: Sendable {
        package let list: DocumentID
        package let by: String
        package let atMilliseconds: UInt64?
        package let delta: Delta?
    }

    case ready
    /// The server follows a list for us, stood at this context as it began, and sends what we lacked of it.
    case following(DocumentID, Context?, Delta?)
    /// It follows the list no longer: the person has no role in it any more.
    case unfollowed(DocumentID)
    case change(Change)
    /// What a followed list amounts to: a gap shows.
    case digest(DocumentID, Context?)
    case error(code: String, message: String, list: DocumentID?)
    /// Of a later version: not understood, and not needed.
    case other

    static func token(_ token: String) throws -> String { try text(["token": token]) }

    static func follow(_ list: DocumentID, since context: Context) throws -> String {
        try text(["follow": [["list": list.hex, "context": Data(context.encoded()).base64EncodedString()]]])
    }

    private static func text(_ content: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(content), as: UTF8.self)
    }

    package init(json: String) throws {
        let wire = try JSONDecoder().decode(Wire.self, from: Data(json.utf8))
        if let change = wire.change, let list = DocumentID(hex: change.list) {
            let delta = try change.delta.flatMap(Wire.bytes).map(Delta.init(decoding:))
            self = .change(
                Change(list: list, by: change.by ?? "somebody", atMilliseconds: change.at?.milliseconds, delta: delta))
        } else if let item = wire.following?.first, let list = DocumentID(hex: item.list) {
            self = .following(
                list, try item.context.flatMap(Wire.bytes).map(Context.init(decoding:)),
                try item.delta.flatMap(Wire.bytes).map(Delta.init(decoding:)))
        } else if let list = wire.unfollowed?.first.flatMap({ DocumentID(hex: $0.list) }) {
            self = .unfollowed(list)
        } else if let digest = wire.digest, let list = DocumentID(hex: digest.list) {
            self = .digest(list, try digest.context.flatMap(Wire.bytes).map(Context.init(decoding:)))
        } else if let error = wire.error {
            self = .error(
                code: error.code, message: error.message ?? error.code, list: error.list.flatMap(DocumentID.init(hex:)))
        } else {
            self = wire.ready == nil ? .other : .ready
        }
    }

    private struct Wire: Decodable {
        struct Change: Decodable {
            var list: String
            var by: String?
            var at: JSONTime?
            var delta: String?
        }
        struct Item: Decodable {
            var list: String
            var context: String?
            var delta: String?
        }
        struct Trouble: Decodable {
            var code: String
            var message: String?
            var list: String?
        }
        struct Ready: Decodable {}
        var ready: Ready?
        /// One list is followed at a time, so there is one.
        var following: [Item]?
        var unfollowed: [Item]?
        var change: Change?
        var digest: Item?
        var error: Trouble?

        static func bytes(_ base64: String) -> [UInt8]? { Data(base64Encoded: base64).map { [UInt8]($0) } }
    }
}
