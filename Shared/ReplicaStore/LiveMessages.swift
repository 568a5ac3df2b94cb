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
    /// The server follows these lists for us, and stood at these contexts as it began.
    case following([DocumentID: Context?])
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
            let delta = try change.delta.flatMap { Data(base64Encoded: $0) }.map { try Delta(decoding: [UInt8]($0)) }
            self = .change(
                Change(list: list, by: change.by ?? "somebody", atMilliseconds: change.at?.milliseconds, delta: delta))
        } else if let following = wire.following {
            let pairs = try following.compactMap { item in
                try DocumentID(hex: item.list).map { ($0, try Wire.context(item.context)) }
            }
            self = .following(Dictionary(pairs) { $1 })
        } else if let digest = wire.digest, let list = DocumentID(hex: digest.list) {
            self = .digest(list, try Wire.context(digest.context))
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
        }
        struct Trouble: Decodable {
            var code: String
            var message: String?
            var list: String?
        }
        struct Ready: Decodable {}
        var ready: Ready?
        var following: [Item]?
        var change: Change?
        var digest: Item?
        var error: Trouble?

        static func context(_ base64: String?) throws -> Context? {
            try base64.flatMap { Data(base64Encoded: $0) }.map { try Context(decoding: [UInt8]($0)) }
        }
    }
}
