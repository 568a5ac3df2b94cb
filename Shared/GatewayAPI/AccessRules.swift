package import ListCRDT

/// Who may change what in a list.
///
/// | | items | name | trash | members, invitations | own membership |
/// |---|---|---|---|---|---|
/// | owner | yes | yes | yes | yes | yes |
/// | editor | yes | yes | no | no | end it |
/// | viewer | no | no | no | no | end it |
package enum AccessRules {
    package static func may(
        _ role: Role, _ change: EntryDelta, at key: EntryKey, was entry: Entry?, user: UserID
    ) -> Bool {
        switch key.collection {
        case .items: role.canEdit
        case .head: mayChangeHead(role, change, entry)
        // One operation: a removal that spoke for more would use up dots that others have yet to mint.
        case .members where change.versions.isEmpty && key.id == user:
            role.canManage || change.covered.dotCount == 1
        // Members, and what this version does not know.
        default: role.canManage
        }
    }

    /// A list keeps its head; editors may change its name and nothing else.
    private static func mayChangeHead(_ role: Role, _ change: EntryDelta, _ entry: Entry?) -> Bool {
        guard leavesHead(change, entry) else { return false }
        return role.canManage || role.canEdit && changedFields(change, entry).isSubset(of: [.name])
    }

    private static func leavesHead(_ change: EntryDelta, _ entry: Entry?) -> Bool {
        !change.versions.isEmpty || entry?.versions.contains { !change.ends($0.dot) } == true
    }

    /// The fields that have another value or none after the change: what is newer in it, and what it replaces without
    /// keeping.
    package static func changedFields(_ change: EntryDelta, _ entry: Entry?) -> Set<Field> {
        let before = entry?.shown ?? Fields()
        let after = Entry(versions: change.versions).shown
        let replaced = Entry(versions: (entry?.versions ?? []).filter { change.ends($0.dot) }).shown
        return after.fieldsAhead(of: before).union(replaced.fieldsAhead(of: after))
    }
}

extension EntryDelta {
    /// Whether a version of this dot, unless it is among the delta's own, stands no longer.
    fileprivate func ends(_ dot: Dot) -> Bool { covered.contains(dot) || replaced.contains(dot) }
}

extension Fields {
    /// The fields in which joining this into `other` would change it.
    fileprivate func fieldsAhead(of other: Fields) -> Set<Field> {
        let registers = registers.filter { slot in
            guard let known = other.register(slot.field) else { return true }
            var joined = known
            joined.merge(slot.content)
            return joined != known
        }
        let counters = counters.filter { slot in
            guard let known = other.counter(slot.field) else { return true }
            var joined = known
            joined.merge(slot.content)
            return joined != known
        }
        return Set(registers.map(\.field)).union(counters.map(\.field))
    }
}
