internal import ListCRDT
internal import Messages

/// What operations did, in words: each field that has another value than before. Pure.
struct ChangeHistory {
    struct Change: Encodable, Equatable {
        struct Subject: Encodable, Equatable {
            var id, name: String
        }

        /// Who did it: a user name, or the id of someone who is no longer a member.
        var by: String
        /// The device, or the run of a gateway, that it was done with.
        var replica: String
        var at: String
        /// The item or the member; null: the list itself.
        @Nullable var item: Subject?
        var field: String
        @Nullable var from: Scalar?
        @Nullable var to: Scalar?
    }

    /// A value of a field, as JSON.
    enum Scalar: Encodable, Equatable, Sendable {
        case truth(Bool), number(Int64), text(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .truth(let truth): try container.encode(truth)
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }

    private let operations: [LoggedOperation]
    private let names: [UserID: String]
    private let fields: [Dot: Fields]

    /// - Parameter operations: newest first.
    /// - Parameter document: its members give the names.
    init(_ operations: [LoggedOperation], _ document: Document) {
        self.operations = operations
        names = Dictionary(document.list.members.map { ($0.user, $0.name) }) { first, _ in first }
        let versions = operations.flatMap(\.delta.versions)
        fields = Dictionary(versions.map { ($0.dot, $0.fields) }) { first, _ in first }
    }

    /// Newest first.
    ///
    /// - Parameter subject: an item or a member; nil: all changes.
    func changes(of subject: EntryID? = nil) -> [Change] {
        operations.filter { subject == nil || ($0.key != .head && $0.key.id == subject) }.flatMap { changes(by: $0) }
    }

    private func changes(by operation: LoggedOperation) -> [Change] {
        let replaced = replaced(by: operation)
        let before = replaced.known
        guard let after = operation.delta.versions.first(where: { $0.dot == operation.dot })?.fields else {
            // Nothing stands and nothing was replaced: its author changed it again before anyone saw it.
            guard replaced.any else { return [] }
            let name = before[.name]?.text
            return [change(operation, before, "removed", name.map { .text($0) }, nil)]
        }
        let isCut = replaced.any && before.isEmpty
        let latest = after.latestStamp
        let registers = after.registers.compactMap { slot -> Change? in
            let old = before.register(slot.field)
            guard old != slot.content, !isCut || slot.content.stamp == latest, let name = slot.field.word else {
                return nil
            }
            return change(operation, after, name, Scalar(old?.value), Scalar(slot.content.value))
        }
        return registers + quantities(operation, before, after, isCut: isCut)
    }

    private func quantities(
        _ operation: LoggedOperation, _ before: Fields, _ after: Fields, isCut: Bool
    ) -> [Change] {
        guard let new = after.counter(.quantity), before.counter(.quantity) != new, !isCut else { return [] }
        let old = before.counter(.quantity)
        var changes: [Change] = []
        if old?.target != new.target {
            changes.append(change(operation, after, "target", old.map { .number($0.target) }, .number(new.target)))
        }
        if (old?.acquired ?? 0) != new.acquired {
            let from = old.map { Scalar.number($0.acquired) }
            changes.append(change(operation, after, "acquired", from, .number(new.acquired)))
        }
        return changes
    }

    /// What the operation replaced, as far as it is among the operations told of.
    private func replaced(by operation: LoggedOperation) -> (known: Fields, any: Bool) {
        let others = operation.delta.replaced
        var known = Fields()
        for dot in others.dots(limit: ReadPayload.historyMax) ?? [] {
            if let fields = fields[dot] { known.merge(fields) }
        }
        return (known, !others.isEmpty)
    }

    private func change(
        _ operation: LoggedOperation, _ shown: Fields, _ field: String, _ from: Scalar?, _ to: Scalar?
    ) -> Change {
        let key = operation.key
        let name = (key.collection == .members ? shown[.memberName] : shown[.name])?.text ?? ""
        return Change(
            by: names[operation.author] ?? operation.author.hex, replica: operation.dot.replica.hex,
            at: timeText(operation.atMilliseconds),
            item: key == .head ? nil : Change.Subject(id: key.id.hex, name: name), field: field, from: from, to: to)
    }
}

extension ChangeHistory.Scalar {
    /// Bytes mean nothing to people.
    fileprivate init?(_ value: Value?) {
        switch value {
        case .bool(let truth): self = .truth(truth)
        case .int(let number): self = .number(number)
        case .string(let text): self = .text(text)
        case nil, .null, .bytes: return nil
        }
    }
}

extension Field {
    /// As the history names it; nil: not worth telling.
    fileprivate var word: String? {
        switch self {
        case .name: "name"
        case .note: "note"
        case .category: "category"
        case .unit: "unit"
        case .checked: "checked"
        case .position: "position"
        case .trashed: "trashed"
        case .role: "role"
        case .invitationRole: "invitation"
        case .createdMilliseconds, .memberName, .expiresMilliseconds, .invitedBy: nil
        default: "field \(rawValue)"
        }
    }
}
