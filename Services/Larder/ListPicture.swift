import ListCRDT
import ReplicaStore

/// A list as the terminal shows it.
enum ListPicture {
    static func draw(_ view: ListView) -> String {
        var lines = [Terminal.bold(view.name) + (view.trashed ? Terminal.yellow("  (in the trash)") : "")]
        if view.items.isEmpty { lines.append(Terminal.dim("  empty")) }
        lines += view.items.map(line)
        if view.members.count > 1 {
            lines.append(
                Terminal.dim("with " + view.members.map { "\($0.name) (\($0.role.word))" }.joined(separator: ", ")))
        }
        return lines.joined(separator: "\n")
    }

    private static func line(_ item: ItemView) -> String {
        let words = ListExport.words(item) + (item.versions > 1 ? "  ‹\(item.versions) versions›" : "")
        return item.checked ? Terminal.dim("  ✓ \(words)") : "  ○ \(words)"
    }
}
