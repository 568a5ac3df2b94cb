package import ListCRDT

/// One thing that differs between two looks at a list.
package struct ListChange: Hashable, Sendable, Codable {
    /// Nil: the list itself.
    package var item: String?
    /// In words: `added`, `removed`, `checked`, `renamed to …`.
    package var what: String

    /// In the order of the newer list; what was removed last.
    package static func between(_ old: ListView, _ new: ListView) -> [ListChange] {
        var changes = head(old, new)
        let before = Dictionary(old.items.map { ($0.id, $0) }) { first, _ in first }
        for item in new.items {
            if let earlier = before[item.id] {
                changes += words(earlier, item).map { ListChange(item: earlier.name, what: $0) }
            } else {
                changes.append(ListChange(item: item.name, what: "added"))
            }
        }
        let kept = Set(new.items.map(\.id))
        changes += old.items.filter { !kept.contains($0.id) }.map { ListChange(item: $0.name, what: "removed") }
        return changes
    }

    private static func head(_ old: ListView, _ new: ListView) -> [ListChange] {
        var words: [String] = []
        if old.name != new.name { words.append("renamed to “\(new.name)”") }
        if old.trashed != new.trashed { words.append(new.trashed ? "moved to the trash" : "restored from the trash") }
        let before = Dictionary(old.members.map { ($0.user, $0) }) { first, _ in first }
        for member in new.members where before[member.user]?.role != member.role {
            words.append("\(member.name) is now \(member.role.word)")
        }
        let kept = Set(new.members.map(\.user))
        words += old.members.filter { !kept.contains($0.user) }.map { "\($0.name) is no longer a member" }
        return words.map { ListChange(item: nil, what: $0) }
    }

    private static func words(_ old: ItemView, _ new: ItemView) -> [String] {
        var words: [String] = []
        if old.name != new.name { words.append("renamed to “\(new.name)”") }
        if old.checked != new.checked { words.append(new.checked ? "checked" : "unchecked") }
        if old.quantity?.target != new.quantity?.target {
            words.append(new.quantity.map { "wanted: \($0.target)" } ?? "no quantity any more")
        }
        if let acquired = new.quantity?.acquired, acquired != old.quantity?.acquired ?? 0 {
            let taken = acquired - (old.quantity?.acquired ?? 0)
            words.append("\(taken > 0 ? "took" : "put back") \(taken.magnitude), \(new.quantity?.remaining ?? 0) left")
        }
        if old.unit != new.unit { words.append(new.unit.map { "unit: \($0)" } ?? "no unit any more") }
        if old.note != new.note { words.append(new.note.map { "note: \($0)" } ?? "no note any more") }
        if old.category != new.category {
            words.append(new.category.map { "category: \($0)" } ?? "no category any more")
        }
        if old.position != new.position { words.append("moved") }
        return words
    }
}
