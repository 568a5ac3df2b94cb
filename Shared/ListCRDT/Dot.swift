/// The name of one operation: the `counter`-th that `replica` made in this document.
package struct Dot: Hashable, Comparable, Sendable {
    /// Counters are stored as signed 64-bit numbers; contexts ignore dots outside 1...maxCounter, decoders refuse them.
    package static let maxCounter = UInt64(Int64.max)

    package let replica: ReplicaID
    /// From 1, contiguous for a replica in a document.
    package let counter: UInt64

    package init(_ replica: ReplicaID, _ counter: UInt64) {
        self.replica = replica
        self.counter = counter
    }

    package static func < (left: Dot, right: Dot) -> Bool {
        left.replica == right.replica ? left.counter < right.counter : left.replica < right.replica
    }
}
