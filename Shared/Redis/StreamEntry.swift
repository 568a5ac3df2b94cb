/// One entry of a stream: its id (`milliseconds-sequence`) and its fields in their order.
package struct StreamEntry: Sendable {
    package let id: String
    package let fields: [(name: String, value: [UInt8])]

    package init(id: String, fields: [(name: String, value: [UInt8])]) {
        self.id = id
        self.fields = fields
    }

    package subscript(name: String) -> [UInt8]? {
        fields.first { $0.name == name }?.value
    }

    /// A field that is UTF-8.
    package func text(_ name: String) -> String? {
        self[name].flatMap { String(validating: $0, as: UTF8.self) }
    }
}

extension RedisCommand {
    /// XADD with an id of the server's. `maxLength`: about how many entries the stream keeps.
    package static func xadd(
        _ stream: String, _ fields: [(String, RedisArgument)], maxLength: Int
    ) -> RedisCommand {
        let head: [RedisArgument] = [.string(stream), "MAXLEN", "~", .int(Int64(maxLength)), "*"]
        return RedisCommand("XADD", arguments: head + fields.flatMap { [.string($0.0), $0.1] })
    }
}

extension RedisClient {
    /// Returns the new entry's id.
    @discardableResult
    package nonisolated(nonsending) func xadd(
        _ stream: String, _ fields: [(String, RedisArgument)], maxLength: Int
    ) async throws(RedisError) -> String {
        try await send(.xadd(stream, fields, maxLength: maxLength)).string ?? ""
    }
}

/// Entries as a reply lists them. An entry that was trimmed while it was pending comes as an id without fields.
struct StreamReply {
    var entries: [StreamEntry] = []
    var trimmed: [String] = []
    /// The last id of either kind.
    var lastID: String?

    /// From a list of `[id, fields or nil]`.
    init(_ list: RedisValue?) {
        for each in list?.array ?? [] {
            guard let pair = each.array, pair.count == 2, let id = pair[0].string else { continue }
            lastID = id
            if let flat = pair[1].array {
                entries.append(StreamEntry(id: id, fields: Self.pairs(flat)))
            } else {
                trimmed.append(id)
            }
        }
    }

    /// From XREAD and XREADGROUP of one stream: `[[key, list]]`, or nil when nothing came.
    init(ofRead reply: RedisValue) {
        self.init(reply.array?.first?.array?.last)
    }

    private static func pairs(_ flat: [RedisValue]) -> [(name: String, value: [UInt8])] {
        stride(from: 0, to: flat.count - 1, by: 2).map { index in
            (flat[index].string ?? "", flat[index + 1].bytes ?? [])
        }
    }
}
