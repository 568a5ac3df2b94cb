/// A wanted quantity and how much of it has been acquired, in epochs: setting the target opens a new one.
///
/// Only a replica itself counts up its own pair, so pairs join by maximum and two people who take one each make two.
/// Stored numbers are never clamped to the target; sums that would overflow stop at the ends of Int64.
package struct Counter: Hashable, Sendable {
    package struct Share: Hashable, Sendable {
        package let replica: ReplicaID
        package internal(set) var added: UInt64
        package internal(set) var taken: UInt64
    }

    /// Added and taken stay below 2^63.
    static let maxCount = UInt64(Int64.max)

    package internal(set) var epoch: Stamp
    package internal(set) var base: Int64
    /// Sorted by replica, none of them (0, 0).
    package internal(set) var shares: [Share]

    package init(epoch: Stamp, target: Int64) {
        self.init(epoch: epoch, base: target, shares: [])
    }

    init(epoch: Stamp, base: Int64, shares: [Share]) {
        self.epoch = epoch
        self.base = base
        self.shares = shares
    }

    package var target: Int64 { base }

    package var acquired: Int64 {
        var added: UInt64 = 0
        var taken: UInt64 = 0
        for share in shares {
            added = added.addingSaturated(share.added)
            taken = taken.addingSaturated(share.taken)
        }
        return added >= taken ? Int64(clamping: added - taken) : -Int64(clamping: taken - added)
    }

    /// What is still wanted, at least 0.
    package var remaining: Int64 {
        let (difference, overflow) = base.subtractingReportingOverflow(acquired)
        return overflow ? (base < 0 ? 0 : .max) : max(0, difference)
    }

    /// Counts `amount`, which may be negative, for `replica` in this epoch.
    package mutating func add(_ amount: Int64, by replica: ReplicaID) {
        guard amount != 0 else { return }
        var share = shares.first { $0.replica == replica } ?? Share(replica: replica, added: 0, taken: 0)
        if amount > 0 {
            share.added = min(Counter.maxCount, share.added.addingSaturated(amount.magnitude))
        } else {
            share.taken = min(Counter.maxCount, share.taken.addingSaturated(amount.magnitude))
        }
        _ = shares.joinSorted([share])
    }

    /// The later epoch wins whole. Equal epochs with different targets: the greater wins. Returns 1 for such a
    /// collision.
    @discardableResult
    package mutating func merge(_ other: Counter) -> Int {
        if epoch != other.epoch {
            if epoch < other.epoch { self = other }
            return 0
        }
        let collisions = base == other.base ? 0 : 1
        base = max(base, other.base)
        _ = shares.joinSorted(other.shares)
        return collisions
    }
}

extension Counter.Share: Joinable {
    var key: ReplicaID { replica }

    mutating func join(_ other: Counter.Share) -> Int {
        added = max(added, other.added)
        taken = max(taken, other.taken)
        return 0
    }
}

extension UInt64 {
    func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
