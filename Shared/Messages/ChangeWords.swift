package import ListCRDT

/// A change in words, for people who tail `larder:changes`: `milk: checked; bread: removed`.
package enum ChangeWords {
    /// Entries named in one line.
    private static let entriesMax = 5
    /// Of a text; what is longer is cut.
    private static let charactersMax = 100

    package static func describe(_ delta: Delta) -> String {
        let named = delta.entries.prefix(entriesMax).map { describe($0.key, $0.value) }
        let more = delta.entries.count - named.count
        return (named + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "; ")
    }

    /// The collections it changes, each once: `head items members`.
    package static func touches(_ delta: Delta) -> String {
        var words: [String] = []
        for (key, _) in delta.entries where words.last != name(of: key.collection) {
            words.append(name(of: key.collection))
        }
        return words.joined(separator: " ")
    }

    private static func name(of collection: Collection) -> String {
        switch collection {
        case .head: "head"
        case .items: "items"
        case .members: "members"
        default: "collection-\(collection.rawValue)"
        }
    }

    private static func describe(_ key: EntryKey, _ change: EntryDelta) -> String {
        guard let fields = change.versions.last?.fields else { return "\(subject(key, nil)): removed" }
        let latest = fields.latestStamp
        let news =
            fields.registers.filter { $0.content.stamp == latest }.map { words($0.field, $0.content.value) }
            + fields.counters.map { "\($0.content.remaining) of \($0.content.target) to get" }
        return "\(subject(key, fields)): \(news.joined(separator: ", "))"
    }

    private static func subject(_ key: EntryKey, _ fields: Fields?) -> String {
        switch key.collection {
        case .head: "list"
        case .members: "member \(fields?[.memberName]?.text.map(cut) ?? key.id.hex)"
        default: fields?[.name]?.text.map(cut) ?? "item \(key.id.hex)"
        }
    }

    private static func words(_ field: Field, _ value: Value) -> String {
        switch (field, value) {
        case (.checked, .bool(let checked)): checked ? "checked" : "unchecked"
        case (.trashed, .bool(let trashed)): trashed ? "to the trash" : "out of the trash"
        case (.position, _): "placed"
        case (.passwordVerifier, _): "password set"
        case (.role, .int(let role)): Role(rawValue: role).map { "role \($0)" } ?? "role \(role)"
        default:
            "\(name(of: field)) \(value.text.map(cut) ?? value.integer.map(String.init) ?? (value.truth.map { "\($0)" } ?? "-"))"
        }
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= charactersMax ? text : text.prefix(charactersMax) + "…"
    }

    private static func name(of field: Field) -> String {
        switch field {
        case .name: "name"
        case .note: "note"
        case .category: "category"
        case .unit: "unit"
        case .checked: "checked"
        case .username: "username"
        case .memberName: "called"
        case .createdMilliseconds: "created"
        default: "field \(field.rawValue)"
        }
    }
}
