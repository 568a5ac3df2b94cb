package import ListCRDT

/// A list as a device or a home shard has it in the end.
package struct Copy: Sendable {
    package enum Holder: Sendable, CustomStringConvertible {
        case device(Int)
        case home(String)

        package var description: String {
            switch self {
            case .device(let number): "device \(number)"
            case .home(let shard): "home \(shard)"
            }
        }

        var isHome: Bool { if case .home = self { true } else { false } }
    }

    package let holder: Holder
    package let document: Document

    package init(_ holder: Holder, _ document: Document) {
        self.holder = holder
        self.document = document
    }
}

/// Holds the copies of a list, once all has settled, against its history. Pure.
///
/// Twice over: against the join of all deltas ever minted, byte for byte; and, because that uses the same merge as the copies did,
/// against what people meant, worked out from who had seen what.
package struct Checker: Sendable {
    private let history: ListHistory
    private let made: Context
    private let acknowledged: Context
    private let reference: [UInt8]
    private let fates: [(key: EntryKey, fate: ItemFate)]

    package init(_ history: ListHistory) {
        self.history = history
        made = Context(history.operations.map(\.dot))
        acknowledged = Context(history.operations.filter { $0.acknowledgedAt != nil }.map(\.dot))
        reference = history.reference.encoded()
        let items = Dictionary(grouping: history.operations.filter { $0.key.collection == .items }, by: \.key)
        fates = items.sorted { $0.key < $1.key }.map { ($0.key, ItemFate(of: $0.value)) }
    }

    package func violations(of copies: [Copy]) -> [Violation] {
        lost(copies.filter(\.holder.isHome)) + copies.flatMap { violations(of: $0) }
    }

    /// What was acknowledged was on two homes then, and is now.
    private func lost(_ homes: [Copy]) -> [Violation] {
        let contexts = homes.map { acknowledged.intersection($0.document.context) }
        var twice = Context()
        for (index, one) in contexts.enumerated() {
            for other in contexts[..<index] { twice.formUnion(one.intersection(other)) }
        }
        let lost = acknowledged.subtracting(twice)
        return homes.isEmpty || lost.isEmpty
            ? [] : [.lost(lost, holder: "of \(history.name) are on fewer than two homes")]
    }

    private func violations(of copy: Copy) -> [Violation] {
        let holder = "\(history.name) on \(copy.holder)"
        var found: [Violation] = []
        let missing = acknowledged.subtracting(copy.document.context)
        if !missing.isEmpty {
            let isHome = copy.holder.isHome
            found.append(isHome ? .behind(missing, holder: holder) : .lost(missing, holder: "are not in \(holder)"))
        }
        let invented = copy.document.context.subtracting(made)
        if !invented.isEmpty { found.append(.invented(invented, holder: holder)) }
        if copy.document.context == history.reference.context, copy.document.encoded() != reference {
            found.append(.differs(holder: holder))
        }
        return found + fates.compactMap { key, fate in fate.violation(key, in: copy.document, holder: holder) }
    }
}

/// What has to have become of one item, from its operations and from what the maker of each had seen.
struct ItemFate: Sendable {
    let isVisible: Bool
    /// Nil: it was removed at some time, and what a surviving edit carries on depends on more than is known here.
    let names: Set<String>?
    let checks: Set<Bool>
    let acquired: Int64

    init(of operations: [Operation]) {
        let past = Self.past(of: operations)
        let removals = operations.indices.filter { operations[$0].act == .remove }
        let gone = removals.reduce(into: Set<Int>()) { $0.formUnion(past[$1]) }
        isVisible = operations.indices.contains { operations[$0].act != .remove && !gone.contains($0) }
        let namers = operations.indices.filter { operations[$0].act.setsName != nil }
        names =
            removals.isEmpty ? Set(Self.latest(of: namers, past).compactMap { operations[$0].act.setsName }) : nil
        let checkers = operations.indices.filter { if case .check = operations[$0].act { true } else { false } }
        checks = Set(
            Self.latest(of: checkers, past).map {
                if case .check(let isChecked) = operations[$0].act { isChecked } else { false }
            })
        acquired = operations.reduce(0) { if case .acquire(let amount) = $1.act { $0 + amount } else { $0 } }
    }

    /// For each operation all that its maker knew of, directly or through what they knew.
    private static func past(of operations: [Operation]) -> [Set<Int>] {
        let seen = operations.map { later in
            operations.indices.filter { later.seen.contains(operations[$0].dot) }
        }
        return operations.indices.map { start in
            var past: Set<Int> = []
            var open = seen[start]
            while let next = open.popLast() {
                if past.insert(next).inserted { open += seen[next] }
            }
            return past
        }
    }

    /// Those that no other one of them has seen.
    private static func latest(of some: [Int], _ past: [Set<Int>]) -> [Int] {
        some.filter { one in !some.contains { past[$0].contains(one) } }
    }

    func violation(_ key: EntryKey, in document: Document, holder: String) -> Violation? {
        guard let item = document.item(key.id) else { return isVisible ? .vanished(key, holder: holder) : nil }
        guard isVisible else { return .cameBack(key, holder: holder) }
        guard let names else { return nil }
        if !names.contains(item.name) { return .wrongValue(key, "named \(item.name)", holder: holder) }
        if !(checks.isEmpty ? [false] : checks).contains(item.checked) {
            return .wrongValue(key, "checked \(item.checked)", holder: holder)
        }
        if item.quantity?.acquired ?? 0 != acquired {
            return .wrongValue(key, "acquired \(item.quantity?.acquired ?? 0), not \(acquired)", holder: holder)
        }
        return nil
    }
}
