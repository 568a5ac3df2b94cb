/// What a document is. Its number is part of the encoded form: an unknown one cannot be decoded.
package enum DocumentKind: UInt8, Hashable, Sendable, CaseIterable {
    case list = 0
    case shelf = 1
    case account = 2
}

/// A group of entries in a document. Unknown ones are kept and passed on.
package struct Collection: RawRepresentable, Hashable, Comparable, Sendable {
    package static let head = Collection(rawValue: 0)
    package static let items = Collection(rawValue: 1)
    package static let members = Collection(rawValue: 2)

    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static func < (left: Collection, right: Collection) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Where an entry lies in its document.
package struct EntryKey: Hashable, Comparable, Sendable {
    /// The one entry that holds the document's own fields.
    package static let head = EntryKey(.head, .zero)

    package let collection: Collection
    package let id: EntryID

    package init(_ collection: Collection, _ id: EntryID) {
        self.collection = collection
        self.id = id
    }

    package static func < (left: EntryKey, right: EntryKey) -> Bool {
        left.collection == right.collection ? left.id < right.id : left.collection < right.collection
    }

    /// In two whole words, which hash faster than three parts.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(id.high)
        hasher.combine(id.low ^ UInt64(collection.rawValue) << 56)
    }
}
