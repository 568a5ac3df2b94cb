internal import Foundation
internal import TestSupport

/// What is done to a list, the same for every library: from a seed, and handed to the peers as JSON.
struct DocumentTrace: Sendable, Encodable {
    struct Item: Sendable, Encodable {
        let name: String
        let quantity: Int64
    }

    struct Check: Sendable, Encodable {
        let item: Int
        let checked: Bool
    }

    /// Added one after the other, each at the end, not checked.
    let items: [Item]
    /// Each item checked once, in random order.
    let edits: [Check]
    /// Then further edits of random items: each changes whether it is checked.
    let more: [Check]

    init(items count: Int = 1_000, more moreCount: Int = 10_000, seed: UInt64 = 20_261_123) {
        var random = SeededRandom(seed: seed)
        let names = goods.flatMap { good in kinds.map { "\($0) \(good)" } }.shuffled(using: &random)
        items = (0..<count).map { index in
            Item(name: names[index % names.count], quantity: Int64.random(in: 1...12, using: &random))
        }
        edits = (0..<count).shuffled(using: &random).map { Check(item: $0, checked: true) }
        var checked = [Bool](repeating: true, count: count)
        more = (0..<moreCount).map { _ in
            let item = Int.random(in: 0..<count, using: &random)
            checked[item].toggle()
            return Check(item: item, checked: checked[item])
        }
    }

    /// UTF-8 of all names: what no encoding of a list can do without.
    var textBytes: Int { items.reduce(0) { $0 + $1.name.utf8.count } }
}

private let kinds = [
    "fresh", "frozen", "organic", "dried", "smoked", "sweet", "salted", "ripe", "small", "large", "red", "green",
    "white",
    "brown", "wholegrain", "unsweetened", "lactose-free", "local", "ground", "sliced", "pickled", "roasted", "raw",
    "light",
    "spicy",
]

private let goods = [
    "apples", "bananas", "onions", "garlic", "potatoes", "tomatoes", "carrots", "spinach", "mushrooms", "lentils",
    "chickpeas", "rice", "oats", "flour", "noodles", "bread", "butter", "milk", "yoghurt", "cheese", "eggs", "salmon",
    "chicken", "olives", "olive oil", "vinegar", "mustard", "honey", "jam", "chocolate", "coffee", "tea", "almonds",
    "walnuts", "raisins", "pepper", "paprika", "crème fraîche", "jalapeños", "soup",
]
