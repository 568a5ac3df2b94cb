/// Why a push is refused before anything of it is joined. The client has to change what it sends.
package enum PushRefusal: Error, Hashable, Sendable {
    package enum Limit: Hashable, Sendable {
        case operationsInPush, nameCharacters, noteCharacters, categoryCharacters, unitCharacters, valueBytes,
            positionBytes

        package var maximum: Int {
            switch self {
            case .operationsInPush: ListLimits.operationsInPush
            case .nameCharacters: ListLimits.nameCharacters
            case .noteCharacters: ListLimits.noteCharacters
            case .categoryCharacters: ListLimits.categoryCharacters
            case .unitCharacters: ListLimits.unitCharacters
            case .valueBytes: ListLimits.valueBytes
            case .positionBytes: ListLimits.positionBytes
            }
        }
    }

    /// It speaks for dots without saying of which entry.
    case looseDots
    /// It speaks for operations of other replicas.
    case foreignOperations
    /// A dot is spoken for in two entries.
    case dotInTwoEntries
    case itemWithoutName(EntryKey)
    case overLimit(Limit)
}

/// What one replica may push: operations of its own, each on one entry, within the limits.
extension Delta {
    /// Checks everything that can be checked without the document. The rest is for the server: that `foreignDots` are
    /// known there, that `latestStamp` is not ahead of its clock, that the person may.
    package func checkPush(from sender: ReplicaID) throws(PushRefusal) {
        guard loose.isEmpty else { throw .looseDots }
        guard operationCount(of: sender) <= UInt64(ListLimits.operationsInPush) else {
            throw .overLimit(.operationsInPush)
        }
        let spokenFor = entries.reduce(0 as UInt64) { $0.addingSaturated($1.value.covered.dotCount) }
        guard spokenFor == covered.dotCount else { throw .dotInTwoEntries }
        guard ownVersionsOnly(by: sender) else { throw .foreignOperations }
        for (key, change) in entries {
            for version in change.versions {
                try version.fields.checkLimits()
                let name = version.fields[.name]?.text
                if Document.needsName(key, in: kind), name == nil || name == "" { throw .itemWithoutName(key) }
            }
        }
    }

    /// Whether everything it speaks for, and so every version it brings, was made by `sender`.
    package func ownVersionsOnly(by sender: ReplicaID) -> Bool {
        context.ranges.allSatisfy { $0.replica == sender }
    }

    /// The dots of other replicas whose versions it replaces. The sender saw them, so the server knows them; a push
    /// that replaces what is not there yet could suppress what others are going to do.
    package func foreignDots(of sender: ReplicaID) -> Context {
        let replaced = Context(unsorted: entries.flatMap { $0.value.replaced.runs })
        return replaced.subtracting(replaced.dots(of: sender))
    }

    /// How many of the sender's operations it speaks for.
    package func operationCount(of sender: ReplicaID) -> UInt64 {
        context.dots(of: sender).dotCount
    }

    package var latestStamp: Stamp? {
        entries.compactMap { $0.value.latestStamp }.max()
    }

    /// Whether it changes anything in a collection.
    package func touches(_ collection: Collection) -> Bool {
        entries.contains { $0.key.collection == collection }
    }
}

extension Fields {
    fileprivate func checkLimits() throws(PushRefusal) {
        for slot in registers {
            switch slot.content.value {
            case .null, .bool, .int: break
            case .string(let text): try Fields.check(text, in: slot.field)
            case .bytes(let bytes):
                guard bytes.count <= ListLimits.valueBytes else { throw .overLimit(.valueBytes) }
                guard slot.field != .position || bytes.count <= ListLimits.positionBytes else {
                    throw .overLimit(.positionBytes)
                }
            }
        }
    }

    private static func check(_ text: String, in field: Field) throws(PushRefusal) {
        let bytes = text.utf8.count
        guard bytes <= ListLimits.valueBytes else { throw .overLimit(.valueBytes) }
        let limit: PushRefusal.Limit
        switch field {
        case .name: limit = .nameCharacters
        case .note: limit = .noteCharacters
        case .category: limit = .categoryCharacters
        case .unit: limit = .unitCharacters
        default: return
        }
        guard bytes <= limit.maximum || text.count <= limit.maximum else { throw .overLimit(limit) }
    }
}
