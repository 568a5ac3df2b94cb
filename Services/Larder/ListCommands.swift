import ArgumentParser
import ListCRDT
import ReplicaStore
import SyncProtocol

struct Lists: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show all lists on your shelf.")
    @OptionGroup var device: DeviceOptions

    @Flag(help: "Those in the trash too.")
    var all = false

    private struct Row: Encodable {
        var id, name: String
        var role: String?
        var openCount, itemCount, pending: Int
        var trashed: Bool
        var trouble: String?
    }

    func run() async throws {
        let lists = try await device.open().lists().filter { all || !$0.trashed }
        let rows = lists.map {
            Row(
                id: $0.id.hex, name: $0.name, role: $0.role?.word, openCount: $0.openCount, itemCount: $0.itemCount,
                pending: $0.pending, trashed: $0.trashed, trouble: $0.trouble?.name)
        }
        let text =
            lists.isEmpty
            ? "No lists yet. Make one with: larder new NAME" : lists.map(Self.line).joined(separator: "\n")
        try device.write(["lists": rows], text)
    }

    private static func line(_ list: ListSummary) -> String {
        var notes = ["\(list.openCount) of \(list.itemCount) open"]
        if let role = list.role, role != .owner { notes.append(role.word) }
        if list.trashed { notes.append("in the trash") }
        if list.pending > 0 { notes.append("\(list.pending) waiting") }
        if let trouble = list.trouble {
            notes.append(trouble == .forbidden ? "no longer shared with you" : trouble.name)
        }
        return "\(Terminal.bold(list.name))  \(Terminal.dim(notes.joined(separator: " · ")))"
    }
}

struct New: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make a list.")
    @OptionGroup var edit: EditOptions
    @Argument(help: "Its name.") var name: String

    func run() async throws {
        let store = try await edit.device.open()
        let (name, username) = (name, store.username)
        let list = try await store.edit { pen in try pen.newList(named: name, username: username) }
        try await edit.finish(store, list, ["new list \(name)"])
    }
}

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a list.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The list.") var list: String

    func run() async throws {
        let store = try await device.open()
        let id = try await store.list(named: list)
        guard let view = try await store.document(id)?.list else { return }
        try device.write(ListJSON(id, view), ListPicture.draw(view))
    }
}

struct Rename: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rename a list, or an item of it.", usage: "larder rename LIST [ITEM] NAME")
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String
    @Argument(help: "The new name; before it, the item that gets it.") var rest: [String]

    func validate() throws {
        guard (1...2).contains(rest.count) else {
            throw ValidationError("Give the new name, and before it at most one item.")
        }
    }

    func run() async throws {
        let store = try await edit.device.open()
        let (named, rest) = (list, rest)
        let list = try await store.edit { pen in
            let list = try pen.list(named: named)
            if rest.count == 1 {
                try pen.renameList(list, to: rest[0])
            } else {
                try pen.change(try pen.item(named: rest[0], in: list), of: list, [.set(.name, .string(rest[1]))])
            }
            return list
        }
        try await edit.finish(store, list, ["renamed to \(rest.last ?? "")"])
    }
}

struct Trash: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Put a list in the trash.")
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String

    func run() async throws { try await edit.setTrashed(list, true) }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take a list out of the trash.")
    @OptionGroup var edit: EditOptions
    @Argument(help: "The list.") var list: String

    func run() async throws { try await edit.setTrashed(list, false) }
}

extension EditOptions {
    fileprivate func setTrashed(_ named: String, _ trashed: Bool) async throws {
        let store = try await device.open()
        let (list, name) = try await store.edit { pen in
            let list = try pen.list(named: named)
            try pen.setTrashed(list, trashed)
            return (list, try pen.name(of: list))
        }
        try await finish(store, list, [trashed ? "\(name) is in the trash" : "\(name) is back"])
    }
}
