/// What an entry holds: registers and counters by field number. A lattice: joining is commutative, associative,
/// idempotent.
package struct Fields: Hashable, Sendable {
    package struct Slot<Content: Hashable & Sendable>: Hashable, Sendable {
        package let field: Field
        package internal(set) var content: Content
    }

    /// More fields than this in one version are refused when decoding.
    package static let countMax = 256

    /// Sorted by field.
    package internal(set) var registers: [Slot<Register>] = []
    /// Sorted by field.
    package internal(set) var counters: [Slot<Counter>] = []

    package init() {}

    package var isEmpty: Bool { registers.isEmpty && counters.isEmpty }

    package subscript(field: Field) -> Value? {
        register(field)?.value
    }

    package func register(_ field: Field) -> Register? {
        registers.first { $0.field == field }?.content
    }

    package func counter(_ field: Field) -> Counter? {
        counters.first { $0.field == field }?.content
    }

    package var latestStamp: Stamp? {
        let registered = registers.lazy.map { $0.content.stamp }.max()
        let counted = counters.lazy.map { $0.content.epoch }.max()
        guard let registered, let counted else { return registered ?? counted }
        return max(registered, counted)
    }

    /// About how much memory it takes.
    var memoryBytes: Int {
        let registered = registers.reduce(0) { $0 + 64 + $1.content.value.memoryBytes }
        return counters.reduce(registered) { $0 + 96 + $1.content.shares.count * 24 }
    }

    /// Returns how often equal stamps had different values: a sign of cloned replicas.
    @discardableResult
    package mutating func merge(_ other: Fields) -> Int {
        registers.joinSorted(other.registers) + counters.joinSorted(other.counters)
    }

    /// Applies one change of an operation stamped `stamp`; of several to one field the last counts. What stands already
    /// with a later stamp stays.
    package mutating func apply(_ change: FieldChange, stamp: Stamp) {
        switch change {
        case .set(let field, let value):
            let register = Register(stamp: stamp, value: value)
            registers.put(Slot(field: field, content: register)) { $0.content.stamp == stamp }
        case .setTarget(let field, let target):
            let counter = Counter(epoch: stamp, target: target)
            counters.put(Slot(field: field, content: counter)) { $0.content.epoch == stamp }
        case .add(let field, let amount):
            var counter = counter(field) ?? Counter(epoch: .zero, target: 0)
            counter.add(amount, by: stamp.replica)
            counters.put(Slot(field: field, content: counter)) { _ in false }
        }
    }
}

extension Fields.Slot: Joinable where Content: FieldContent {
    var key: Field { field }

    mutating func join(_ other: Fields.Slot<Content>) -> Int {
        content.merge(other.content)
    }
}

/// What can stand in a field.
protocol FieldContent: Hashable, Sendable {
    mutating func merge(_ other: Self) -> Int
}

extension Register: FieldContent {}
extension Counter: FieldContent {}
