internal import Foundation
package import ListCRDT

/// A list as JSON shows it, in `--json` and in exports.
package struct ListJSON: Codable, Sendable, Equatable {
    package struct Item: Codable, Sendable, Equatable {
        package struct Quantity: Codable, Sendable, Equatable {
            package var target, acquired, remaining: Int64
        }

        package var id: String
        package var name: String
        package var checked: Bool
        package var quantity: Quantity?
        package var unit: String?
        package var note: String?
        package var category: String?
        package var updatedAt: UInt64

        package init(_ item: ItemView) {
            id = item.id.hex
            name = item.name
            checked = item.checked
            quantity = item.quantity.map { Quantity(target: $0.target, acquired: $0.acquired, remaining: $0.remaining) }
            unit = item.unit
            note = item.note
            category = item.category
            updatedAt = item.updated.milliseconds
        }
    }

    package struct Member: Codable, Sendable, Equatable {
        package var user: String
        package var name: String
        package var role: String

        package init(_ member: MemberView) {
            user = member.user.hex
            name = member.name
            role = member.role.word
        }
    }

    package var id: String
    package var name: String
    package var trashed: Bool
    package var items: [Item]
    package var members: [Member]

    package init(_ id: DocumentID, _ view: ListView) {
        self.id = id.hex
        name = view.name
        trashed = view.trashed
        items = view.items.map(Item.init)
        members = view.members.map(Member.init)
    }
}

extension Role {
    package var word: String {
        switch self {
        case .owner: "owner"
        case .editor: "editor"
        case .viewer: "viewer"
        }
    }
}

/// What an export is written as.
package enum ListExport: String, Sendable, CaseIterable {
    case json, csv, text, markdown

    package func write(_ id: DocumentID, _ view: ListView) throws -> String {
        switch self {
        case .json: try JSONText.write(ListJSON(id, view))
        case .csv: Self.csv(view)
        case .text: ([view.name] + view.items.map { "\($0.checked ? "[x]" : "[ ]") \(Self.words($0))" }).lines
        case .markdown:
            (["# \(view.name)", ""] + view.items.map { "- \($0.checked ? "[x]" : "[ ]") \(Self.words($0))" }).lines
        }
    }

    /// An item's name, and what else there is to say about it.
    package static func words(_ item: ItemView) -> String {
        var words = item.name
        let unit = item.unit.flatMap { $0.isEmpty ? nil : $0 }
        let quantity = item.quantity.map { "\($0.acquired) of \($0.target)" }
        let amount = [quantity, unit].compactMap(\.self)
        if !amount.isEmpty { words += " (\(amount.joined(separator: " ")))" }
        if let category = item.category, !category.isEmpty { words += " #\(category)" }
        if let note = item.note, !note.isEmpty { words += " – \(note)" }
        return words
    }

    private static func csv(_ view: ListView) -> String {
        let rows = view.items.map { item in
            [
                item.name, item.checked ? "true" : "false", item.quantity.map { String($0.target) } ?? "",
                item.quantity.map { String($0.acquired) } ?? "", item.unit ?? "", item.category ?? "", item.note ?? "",
            ]
        }
        let header = ["name", "checked", "target", "acquired", "unit", "category", "note"]
        return ([header] + rows).map { $0.map(quoted).joined(separator: ",") }.lines
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return field }
        return "\"\(field.replacing("\"", with: "\"\""))\""
    }
}

extension [String] {
    fileprivate var lines: String { joined(separator: "\n") + "\n" }
}

/// JSON for people and programs: sorted keys, no escaped slashes, a newline at the end.
package enum JSONText {
    package static func write(_ content: some Encodable, pretty: Bool = true) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(content), as: UTF8.self) + "\n"
    }
}
