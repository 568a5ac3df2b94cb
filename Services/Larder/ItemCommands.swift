import ArgumentParser
import ListCRDT
import ReplicaStore

struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Add items at the end of a list.")
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String
    @Argument(help: "The items.") var items: [String]
    @Option(help: "How many of each are wanted.") var target: Int64?
    @Option(help: "What one of them is: kg, bags.") var unit: String?
    @Option(help: "A note.") var note: String?
    @Option(help: "A category.") var category: String?

    func validate() throws {
        if items.isEmpty { throw ValidationError("Name at least one item.") }
        if let target, target < 0 { throw ValidationError("A target is not negative.") }
    }

    func run() async throws {
        let store = try await edit.device.open()
        let new = items.map { Pen.NewItem(name: $0, target: target, unit: unit, note: note, category: category) }
        let named = list
        let (list, ids) = try await store.edit { pen in
            let list = try pen.list(named: named)
            return (list, try new.map { try pen.add($0, to: list) })
        }
        try await edit.finish(store, list, items: ids, ["added " + items.joined(separator: ", ")])
    }
}

/// A list and items of it.
struct ItemOptions: ParsableArguments {
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String
    @Argument(help: "The items.") var items: [String]

    /// Does something to each of the items in one transaction, and says what.
    func each(_ word: String, _ body: @escaping @Sendable (inout Pen, DocumentID, EntryID) throws -> Void) async throws
    {
        guard !items.isEmpty else { throw DeviceError(.usage, "no_item", "Name at least one item.") }
        let store = try await edit.device.open()
        let (named, items) = (list, items)
        let (list, ids, names) = try await store.edit { pen in
            let list = try pen.list(named: named)
            let ids = try items.map { try pen.item(named: $0, in: list) }
            let names = try ids.map { try pen.name(of: $0, in: list) }
            for id in ids { try body(&pen, list, id) }
            return (list, ids, names)
        }
        try await edit.finish(store, list, items: ids, ["\(word) " + names.joined(separator: ", ")])
    }
}

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check items off.")
    @OptionGroup var items: ItemOptions

    func run() async throws {
        try await items.each("checked") { pen, list, item in
            try pen.change(item, of: list, [.set(.checked, .bool(true))])
        }
    }
}

struct Uncheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Open checked items again.")
    @OptionGroup var items: ItemOptions

    func run() async throws {
        try await items.each("unchecked") { pen, list, item in
            try pen.change(item, of: list, [.set(.checked, .bool(false))])
        }
    }
}

struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove items.")
    @OptionGroup var items: ItemOptions

    func run() async throws {
        try await items.each("removed") { pen, list, item in try pen.removeItem(item, of: list) }
    }
}

struct Take: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take some of an item's wanted quantity.",
        discussion:
            "Two people who each take one of three leave one. To put some back, write: larder take LIST ITEM -- -1")
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String
    @Argument(help: "The item.") var item: String
    @Argument(help: "How many.") var count: Int64 = 1

    func run() async throws {
        let store = try await edit.device.open()
        let (named, item, count) = (list, item, count)
        let (list, id) = try await store.edit { pen in
            let list = try pen.list(named: named)
            let id = try pen.item(named: item, in: list)
            try pen.change(id, of: list, [.add(.quantity, count)])
            return (list, id)
        }
        let left = try await store.document(list)?.item(id)?.quantity?.remaining
        let words =
            "\(count < 0 ? "put back" : "took") \(count.magnitude) of \(item)" + (left.map { ", \($0) left" } ?? "")
        try await edit.finish(store, list, items: [id], [words])
    }
}

struct Edit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change an item's note, category or wanted quantity and its unit.")
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String
    @Argument(help: "The item.") var item: String
    @Option(help: "How many are wanted. Counts from here anew.") var target: Int64?
    @Option(help: "What one of them is. Empty: none.") var unit: String?
    @Option(help: "A note. Empty: none.") var note: String?
    @Option(help: "A category. Empty: none.") var category: String?

    func validate() throws {
        if target == nil, unit == nil, note == nil, category == nil {
            throw ValidationError("Say what to change: --target, --unit, --note or --category.")
        }
    }

    func run() async throws {
        let store = try await edit.device.open()
        var changes: [FieldChange] = []
        if let unit { changes.append(.set(.unit, unit.isEmpty ? .null : .string(unit))) }
        if let note { changes.append(.set(.note, note.isEmpty ? .null : .string(note))) }
        if let category { changes.append(.set(.category, category.isEmpty ? .null : .string(category))) }
        if let target { changes.append(.setTarget(.quantity, target)) }
        let (named, item, all) = (list, item, changes)
        let (list, id) = try await store.edit { pen in
            let list = try pen.list(named: named)
            let id = try pen.item(named: item, in: list)
            try pen.change(id, of: list, all)
            return (list, id)
        }
        try await edit.finish(store, list, items: [id], ["changed \(item)"])
    }
}

struct Move: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "mv", abstract: "Move an item within its list.")
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String
    @Argument(help: "The item.") var item: String
    @Option(help: "The item that it comes after. (default: to the top)") var after: String?

    func run() async throws {
        let store = try await edit.device.open()
        let (named, item, after) = (list, item, after)
        let (list, id) = try await store.edit { pen in
            let list = try pen.list(named: named)
            let id = try pen.item(named: item, in: list)
            try pen.move(id, of: list, after: try after.map { try pen.item(named: $0, in: list) })
            return (list, id)
        }
        try await edit.finish(
            store, list, items: [id], ["moved \(item) " + (after.map { "after \($0)" } ?? "to the top")])
    }
}
