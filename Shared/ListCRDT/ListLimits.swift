/// What one list and one push may hold. Past it: refused, with the limit named.
package enum ListLimits {
    package static let items = 20_000
    package static let operationsInPush = 1_000
    package static let nameCharacters = 500
    package static let noteCharacters = 10_000
    package static let categoryCharacters = 100
    package static let unitCharacters = 40
    /// Any single value, also of fields that this version does not know.
    package static let valueBytes = 65_536
    /// Enough for a thousand insertions each between the two before it.
    package static let positionBytes = 4_096
}
