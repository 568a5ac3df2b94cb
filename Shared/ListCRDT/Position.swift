/// Keys that order items, compared bytewise: unique, dense, and runs typed by one replica stay together.
///
/// After Weidner's position strings: a key is a path through a tree of waypoints. A waypoint belongs to one replica and
/// holds that replica's keys in the order of a number, here the counter of the dot that made the key: so no state has
/// to be kept, no two keys are equal, and typing on adds only the growth of a number. Keys put before others carry the
/// counter negated, so that a run typed upwards grows as slowly as one typed downwards.
package enum Position {
    /// A key between two others, nil being the beginning or the end. `dot` is the operation's own, and must be new.
    ///
    /// If `left` and `right` are not in order, or are no keys and leave nothing between them, it is one behind `left`.
    package static func between(_ left: [UInt8]?, _ right: [UInt8]?, dot: Dot) -> [UInt8] {
        let lower = left ?? []
        if let right, !lower.lexicographicallyPrecedes(right) { return between(left, nil, dot: dot) }
        let fitting = candidates(PositionPath(lower), right.flatMap { PositionPath($0) }, dot).first { key in
            lower.lexicographicallyPrecedes(key) && right.map { key.lexicographicallyPrecedes($0) } ?? true
        }
        return fitting ?? betweenUnknown(lower, right, dot)
    }

    /// Keys that may fit, the best first. A run goes on where it is: with the neighbour that this replica made last.
    /// Otherwise the shortest is best: one in a waypoint that the replica has on the way, so that people who add in
    /// turn do not nest ever deeper.
    private static func candidates(_ left: PositionPath?, _ right: PositionPath?, _ dot: Dot) -> [[UInt8]] {
        let (replica, counter) = (dot.replica, Int64(clamping: dot.counter))
        let behind = left?.siblings(of: replica, at: counter) ?? []
        let before = right?.siblings(of: replica, at: -counter) ?? []
        let rightChild = left?.rightChild(of: replica, at: counter)
        let leftChild = right?.leftChild(of: replica, at: counter)

        var keys: [[UInt8]] = []
        let latest = (left: left?.counter(by: replica) ?? 0, right: right?.counter(by: replica) ?? 0)
        if latest.left > latest.right {
            keys += [behind.last, rightChild].compactMap { $0 }
        } else if latest.right > 0 {
            keys += [before.last, leftChild].compactMap { $0 }
        }
        return keys + behind + before + [rightChild, leftChild].compactMap { $0 }
    }

    /// Next to bytes that are no keys: below the first byte of `right` behind the common part that leaves room.
    private static func betweenUnknown(_ lower: [UInt8], _ right: [UInt8]?, _ dot: Dot) -> [UInt8] {
        var prefix = lower
        if let right, right.starts(with: lower), let room = right[lower.count...].firstIndex(where: { $0 > 0 }) {
            prefix = right[..<room] + [right[room] - 1]
        }
        return PositionPath.child(of: prefix, known: [], replica: dot.replica, value: Int64(clamping: dot.counter))
    }
}
