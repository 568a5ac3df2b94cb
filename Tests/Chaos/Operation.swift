package import ListCRDT

/// What a person meant by an edit, in words that need no CRDT.
package enum Act: Hashable, Sendable {
    case add(name: String)
    case rename(String)
    case check(Bool)
    case acquire(Int64)
    case move
    case remove
    /// Of the list's head or its members.
    case found

    package var setsName: String? {
        switch self {
        case .add(let name), .rename(let name): name
        default: nil
        }
    }
}

/// One edit in the history of a run: what a device did, having seen what, and what became of it. Times are milliseconds
/// since the run began.
package struct Operation: Sendable {
    package let dot: Dot
    package let key: EntryKey
    package let act: Act
    /// All that its device had of the list when it was made, itself not included.
    package let seen: Context
    package let madeAt: Int
    package var sentAt: Int?
    package var acknowledgedAt: Int?
    /// As it was minted. Nil once it is part of `ListHistory.reference`.
    package var delta: Delta?

    package init(
        dot: Dot, key: EntryKey, act: Act, seen: Context, madeAt: Int = 0, acknowledgedAt: Int? = nil,
        delta: Delta? = nil
    ) {
        self.dot = dot
        self.key = key
        self.act = act
        self.seen = seen
        self.madeAt = madeAt
        self.acknowledgedAt = acknowledgedAt
        self.delta = delta
    }
}

/// All that was ever done to one list, whoever did it.
package struct ListHistory: Sendable {
    package let name: String
    package private(set) var operations: [Operation]
    /// The join of every delta ever minted: what the list amounts to, had nobody ever lost anything.
    package private(set) var reference = Document(kind: .list)

    package init(name: String, operations: [Operation] = []) {
        self.name = name
        self.operations = []
        add(operations)
    }

    package mutating func add(_ more: some Sequence<Operation>) {
        for var operation in more {
            if let delta = operation.delta { reference.merge(delta) }
            operation.delta = nil
            operations.append(operation)
        }
    }
}
