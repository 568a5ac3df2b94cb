/// What a person may do with a list.
package enum Role: Int64, Hashable, Sendable, CaseIterable {
    case owner = 1
    case editor = 2
    case viewer = 3

    package var canEdit: Bool { self != .viewer }
    /// Share, change roles, revoke, delete.
    package var canManage: Bool { self == .owner }
}
