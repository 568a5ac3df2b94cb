/// A value and when it was written. The later stamp wins.
package struct Register: Hashable, Sendable {
    package var stamp: Stamp
    package var value: Value

    package init(stamp: Stamp, value: Value) {
        self.stamp = stamp
        self.value = value
    }

    /// Equal stamps with different values come from cloned replicas: the greater encoded bytes win, so that copies
    /// agree all the same. Returns 1 for such a collision.
    @discardableResult
    package mutating func merge(_ other: Register) -> Int {
        if stamp != other.stamp {
            if stamp < other.stamp { self = other }
            return 0
        }
        if value == other.value { return 0 }
        if value.encodedPrecedes(other.value) { value = other.value }
        return 1
    }
}
