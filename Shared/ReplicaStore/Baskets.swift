/// A file of baskets: a list a line, its items separated by commas. An item in double quotes may hold commas, and a
/// quote written twice.
package struct Baskets: Sendable, Equatable {
    package struct Basket: Sendable, Equatable {
        /// From 1, as an editor counts.
        package let line: Int
        package let items: [String]
    }

    package private(set) var baskets: [Basket] = []

    /// Lines without an item are passed over.
    package init(_ text: String) {
        for (index, line) in text.split(separator: /\r\n|\n|\r/, omittingEmptySubsequences: false).enumerated() {
            let items = Self.items(line)
            if !items.isEmpty { baskets.append(Basket(line: index + 1, items: items)) }
        }
    }

    package var itemCount: Int { baskets.reduce(0) { $0 + $1.items.count } }

    private static func items(_ line: Substring) -> [String] {
        var items: [String] = []
        var item = ""
        var quoted = false
        var rest = line[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where quoted && rest.first == "\"":
                item.append("\"")
                rest = rest.dropFirst()
            case "\"" where quoted || item.allSatisfy(\.isWhitespace):
                quoted.toggle()
            case "," where !quoted:
                items.append(item)
                item = ""
            default: item.append(character)
            }
        }
        items.append(item)
        return items.map(trimmed).filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
