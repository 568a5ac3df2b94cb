/// Keys that order items, compared bytewise: unique, dense, and runs typed by one replica stay together.
///
/// After Weidner's position strings: a key is a path through a tree of waypoints. A waypoint belongs to one replica and
/// holds that replica's keys in the order of a number, here the counter of the dot that made the key: so no state has to
/// be kept, no two keys are equal, and typing on adds only the growth of a number. Keys put before others carry the
/// counter negated, so that a run typed upwards grows as slowly as one typed downwards.
package enum Position {
    /// A key between two others, nil being the beginning or the end. `dot` is the operation's own, and must be new.
    ///
    /// If `left` and `right` are not in order, or are no keys and leave nothing between them, it is one behind `left`.
    package static func between(_ left: [UInt8]?, _ right: [UInt8]?, dot: Dot) -> [UInt8] {
        let lower = left ?? []
        if let right, !lower.lexicographicallyPrecedes(right) { return between(left, nil, dot: dot) }
        let fits = { (key: [UInt8]) in
            lower.lexicographicallyPrecedes(key) && (right.map(key.lexicographicallyPrecedes) ?? true)
        }
        let counter = Int64(clamping: dot.counter)
        let paths = (PositionPath(lower), right.flatMap(PositionPath.init))
        if let path = paths.0, let key = path.sibling(of: dot.replica, at: counter, where: fits) { return key }
        if let path = paths.1, let key = path.sibling(of: dot.replica, at: -counter, where: fits) { return key }
        guard let right, right.starts(with: lower) else {
            return PositionPath.child(of: lower, path: paths.0, replica: dot.replica, value: counter)
        }
        if let path = paths.1, paths.0 != nil {
            return PositionPath.child(of: path.leftSide, path: path, replica: dot.replica, value: counter)
        }
        return betweenUnknown(lower, right, dot)
    }

    /// Of bytes that are no keys: below the first byte of `right` behind the common part that leaves room.
    private static func betweenUnknown(_ lower: [UInt8], _ right: [UInt8], _ dot: Dot) -> [UInt8] {
        guard let room = right[lower.count...].firstIndex(where: { $0 > 0 }) else {
            return PositionPath.child(of: lower, path: nil, replica: dot.replica, value: Int64(clamping: dot.counter))
        }
        let prefix = right[..<room] + [right[room] - 1]
        return PositionPath.child(of: Array(prefix), path: nil, replica: dot.replica, value: Int64(clamping: dot.counter))
    }
}
