internal import ListCRDT

/// What of an outbox a document holds already, though no answer said so.
///
/// A dot alone does not tell, because another life of the replica may have used it. An operation is there when its
/// version stands, or the values that it set with their very stamps; and since the outbox is sent in its order, so are
/// those of the same replica before it. An operation may also be there under another dot, minted anew by another life:
/// then its values have the times of its stamps.
struct Delivery {
    /// Delivered, oldest first, and not delivered.
    private(set) var there: [PendingOperation] = []
    private(set) var rest: [PendingOperation] = []
    /// Those of `there` that are there under their own dots.
    private(set) var underOwnDots = Context()
    /// Items that stand there under another id, given by another life.
    private(set) var renamed: [EntryKey: EntryKey] = [:]

    init(of operations: [PendingOperation], in document: Document) {
        let births = Births(document)
        for operation in operations where operation.makesItem {
            guard let key = births.item(madeBy: operation), key != operation.key,
                document.entries[key]?.hasTrace(of: operation, by: .time) == true
            else { continue }
            renamed[operation.key] = key
        }
        let certain = Self.lastCertain(operations, in: document)
        for (index, operation) in operations.enumerated() {
            let entry = document.entries[renamed[operation.key] ?? operation.key]
            if let last = certain[operation.dot.replica], index <= last {
                underOwnDots.insert(operation.dot)
                there.append(operation)
            } else if entry?.hasTrace(of: operation, by: .time) == true {
                there.append(operation)
            } else {
                rest.append(operation)
            }
        }
    }

    /// For each replica the last operation that is there under its own dot. Removals leave no trace but the absence:
    /// those that follow count.
    private static func lastCertain(_ operations: [PendingOperation], in document: Document) -> [ReplicaID: Int] {
        var last: [ReplicaID: Int] = [:]
        for (index, operation) in operations.enumerated() where document.context.contains(operation.dot) {
            let entry = document.entries[operation.key]
            let removed = operation.intent == .remove && entry == nil && last[operation.dot.replica] == index - 1
            if removed || entry?.hasTrace(of: operation, by: .stamp) == true { last[operation.dot.replica] = index }
        }
        return last
    }
}

/// Finds an item by what it was made with.
private struct Births {
    private struct Mark: Hashable {
        var field: Field
        var value: Value
        var time: UInt64
    }

    /// Any of these is enough: a position until it is moved, a name until it is renamed.
    private static let fields: [Field] = [.position, .name]

    private var items: [Mark: EntryKey] = [:]

    init(_ document: Document) {
        for (key, entry) in document.entries where document.kind == .list && key.collection == .items {
            for mark in Self.marks(entry.shown) { items[mark] = key }
        }
    }

    func item(madeBy operation: PendingOperation) -> EntryKey? {
        guard let made = operation.delta.entries.first?.value.versions.first else { return nil }
        return Self.marks(made.fields).lazy.compactMap { items[$0] }.first
    }

    private static func marks(_ fields: Fields) -> [Mark] {
        self.fields.compactMap { field in
            fields.register(field).map { Mark(field: field, value: $0.value, time: $0.stamp.time) }
        }
    }
}

/// How closely a value there has to be the one that was set.
private enum Likeness {
    case stamp, time

    func same(_ left: Stamp?, _ right: Stamp?) -> Bool { self == .stamp ? left == right : left?.time == right?.time }
}

extension Entry {
    fileprivate func hasTrace(of operation: PendingOperation, by likeness: Likeness) -> Bool {
        guard let version = operation.delta.entries.first?.value.versions.first else { return false }
        if versions.contains(version) { return true }
        guard case .change(let changes) = operation.intent else { return false }
        let shown = shown
        let traces = changes.map { Trace($0, of: version, in: shown, by: likeness) }
        return traces.contains(.standing) && !traces.contains(.none)
    }
}

/// What is left of one change of an operation in the entry as the server has it.
private enum Trace {
    case standing
    /// A later change took its place.
    case overwritten
    case none

    init(_ change: FieldChange, of version: Version, in shown: Fields, by likeness: Likeness) {
        let stamps: (mine: Stamp?, there: Stamp?)
        let isAlike: Bool
        switch change {
        case .set(let field, _):
            let (mine, there) = (version.fields.register(field), shown.register(field))
            stamps = (mine?.stamp, there?.stamp)
            isAlike = mine?.value == there?.value
        case .setTarget(let field, _):
            let (mine, there) = (version.fields.counter(field), shown.counter(field))
            stamps = (mine?.epoch, there?.epoch)
            isAlike = mine?.target == there?.target
        case .add(let field, _):  // a share says nothing but under its own dot
            let (mine, there) = (version.fields.counter(field), shown.counter(field))
            stamps = (mine?.epoch, there?.epoch)
            isAlike = likeness == .stamp && mine?.share(of: version.dot) == there?.share(of: version.dot)
        }
        if isAlike, likeness.same(stamps.mine, stamps.there) {
            self = .standing
        } else if let mine = stamps.mine, let there = stamps.there, mine.time < there.time {
            self = .overwritten
        } else {
            self = .none
        }
    }
}

extension Counter {
    fileprivate func share(of dot: Dot) -> Share? { shares.first { $0.replica == dot.replica } }
}
