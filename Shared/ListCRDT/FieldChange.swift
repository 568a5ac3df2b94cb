/// One change that an operation makes to an entry's fields.
package enum FieldChange: Hashable, Sendable {
    case set(Field, Value)
    /// Opens a new epoch of the counter, in which nothing has been acquired yet.
    case setTarget(Field, Int64)
    /// Counts up, or down when negative, for the replica of the operation's stamp; without an epoch, in one of target
    /// 0.
    case add(Field, Int64)
}
