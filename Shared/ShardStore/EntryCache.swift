internal import ListCRDT
internal import OrderedCollections
internal import Synchronization

/// The committed states of the entries written last, so that a batch which edits them again reads nothing first. As with
/// `VersionCache`, only the owner commits; what a failed batch touched is forgotten.
final class EntryCache: Sendable {
    /// Entries kept. At about 500 bytes each.
    static let entriesMax = 100_000

    private let entries = Mutex<OrderedDictionary<ApplyPlan.EntryPlace, Entry>>([:])

    func known(_ places: [ApplyPlan.EntryPlace]) -> [ApplyPlan.EntryPlace: Entry] {
        entries.withLock { entries in
            places.reduce(into: [:]) { known, place in
                if let entry = entries[place] { known[place] = entry }
            }
        }
    }

    /// An entry with nothing to keep is known to have no row.
    func keep(_ places: [ApplyPlan.EntryPlace], of fresh: [ApplyPlan.EntryPlace: Entry]) {
        entries.withLock { entries in
            for place in places { entries[place] = fresh[place] ?? Entry() }
            if entries.count > Self.entriesMax { entries.removeFirst(entries.count - Self.entriesMax * 7 / 8) }
        }
    }

    func forget(_ places: [ApplyPlan.EntryPlace]) {
        entries.withLock { entries in
            for place in places { entries.removeValue(forKey: place) }
        }
    }
}
