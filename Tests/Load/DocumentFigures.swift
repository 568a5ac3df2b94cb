internal import Foundation

/// Sizes and times of one library for a trace. Times in microseconds, of which each is the median of all repetitions.
struct DocumentFigures: Sendable, Decodable {
    /// How many times more often whole lists are encoded and decoded: each takes less than a millisecond, and a slow moment of
    /// the machine lasts longer. The same in documents.py.
    static let wholeLists = 20

    var library = "ListCRDT"
    /// Beyond text, an item of the whole list.
    var itemBytes = 0.0
    /// The same after `trace.more`.
    var laterItemBytes = 0.0
    /// Of an edit that adds an item, text included.
    var addedBytes = 0.0
    /// Of an edit that checks one item, text included.
    var deltaBytes = 0.0
    /// Makes one edit and encodes its delta.
    var edit = 0.0
    /// Takes one edit's bytes into another copy.
    var apply = 0.0
    /// The whole list, one item of which has been edited since it was encoded last.
    var encode = 0.0
    /// The whole list, unchanged since it was encoded last.
    var encodeAgain = 0.0
    var decode = 0.0
    /// From the bytes to every item's fields, in order.
    var load = 0.0
    /// What calling the library costs, already taken off the times: an edit, an application, a call.
    var overhead: [Double] = []
    /// Only shown: sizes of other forms that the library offers, in bytes an item beyond text.
    var otherForms: [String: Double] = [:]

    init() {}

    /// Of one library, measured several times.
    init(mediansOf turns: [DocumentFigures]) {
        self = turns[0]
        for path in DocumentFigures.times { self[keyPath: path] = turns.map { $0[keyPath: path] }.median }
    }

    private static var times: [WritableKeyPath<DocumentFigures, Double>] {
        [\.edit, \.apply, \.encode, \.encodeAgain, \.decode, \.load]
    }
}
