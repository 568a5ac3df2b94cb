import ListCRDT

/// The oracle: what operations mean, computed from the whole history by definition. It knows no contexts and no joins.
struct HistoryModel {
    struct Operation {
        let dot: Dot
        let key: EntryKey
        let stamp: Stamp
        /// Nil: a removal.
        let changes: [FieldChange]?
        /// The versions of the entry that its author saw, and so replaced.
        let replaced: Set<Dot>
    }

    struct CounterMeaning: Equatable {
        var epoch: Stamp
        var target: Int64
        var added: [ReplicaID: UInt64]
        var taken: [ReplicaID: UInt64]
    }

    struct Meaning: Equatable {
        var registers: [Field: Register] = [:]
        var counters: [Field: CounterMeaning] = [:]
    }

    private(set) var operations: [Dot: Operation] = [:]

    /// Records an operation by an author who knew the operations `known`.
    mutating func record(_ key: EntryKey, _ changes: [FieldChange]?, dot: Dot, stamp: Stamp, known: Set<Dot>) {
        let replaced = standing(key, in: known)
        operations[dot] = Operation(dot: dot, key: key, stamp: stamp, changes: changes, replaced: replaced)
    }

    /// The edits of an entry that nobody in `known` has replaced.
    func standing(_ key: EntryKey, in known: Set<Dot>) -> Set<Dot> {
        let relevant = known.compactMap { operations[$0] }.filter { $0.key == key }
        let replaced = relevant.reduce(into: Set<Dot>()) { $0.formUnion($1.replaced) }
        return Set(relevant.filter { $0.changes != nil }.map(\.dot)).subtracting(replaced)
    }

    func visibleKeys(in known: Set<Dot>) -> Set<EntryKey> {
        Set(known.compactMap { operations[$0]?.key }).filter { !standing($0, in: known).isEmpty }
    }

    /// What an entry shows: of everything written under its standing versions, the latest.
    func shown(_ key: EntryKey, in known: Set<Dot>) -> Meaning {
        joined(standing(key, in: known).map(meaning))
    }

    private func meaning(of dot: Dot) -> Meaning {
        guard let operation = operations[dot], let changes = operation.changes else { return Meaning() }
        var meaning = joined(operation.replaced.map(meaning))
        for change in changes {
            switch change {
            case .set(let field, let value):
                let register = Register(stamp: operation.stamp, value: value)
                if (meaning.registers[field]?.stamp ?? .zero) <= register.stamp { meaning.registers[field] = register }
            case .setTarget(let field, let target):
                if (meaning.counters[field]?.epoch ?? .zero) <= operation.stamp {
                    meaning.counters[field] = CounterMeaning(
                        epoch: operation.stamp, target: target, added: [:], taken: [:])
                }
            case .add(let field, let amount):
                var counter =
                    meaning.counters[field] ?? CounterMeaning(epoch: .zero, target: 0, added: [:], taken: [:])
                if amount > 0 { counter.added[dot.replica, default: 0] += UInt64(amount) }
                if amount < 0 { counter.taken[dot.replica, default: 0] += amount.magnitude }
                meaning.counters[field] = counter
            }
        }
        return meaning
    }

    private func joined(_ meanings: [Meaning]) -> Meaning {
        var joined = Meaning()
        for meaning in meanings {
            joined.registers.merge(meaning.registers) { $0.stamp < $1.stamp ? $1 : $0 }
            joined.counters.merge(meaning.counters) { mine, theirs in
                if mine.epoch != theirs.epoch { return mine.epoch < theirs.epoch ? theirs : mine }
                return CounterMeaning(
                    epoch: mine.epoch, target: mine.target,
                    added: mine.added.merging(theirs.added, uniquingKeysWith: max),
                    taken: mine.taken.merging(theirs.taken, uniquingKeysWith: max))
            }
        }
        return joined
    }
}

extension HistoryModel.Meaning {
    /// The same, read off a document's fields.
    init(_ fields: Fields) {
        for slot in fields.registers { registers[slot.field] = slot.content }
        for slot in fields.counters {
            var added: [ReplicaID: UInt64] = [:]
            var taken: [ReplicaID: UInt64] = [:]
            for share in slot.content.shares {
                if share.added > 0 { added[share.replica] = share.added }
                if share.taken > 0 { taken[share.replica] = share.taken }
            }
            counters[slot.field] = HistoryModel.CounterMeaning(
                epoch: slot.content.epoch, target: slot.content.target, added: added, taken: taken)
        }
    }
}
