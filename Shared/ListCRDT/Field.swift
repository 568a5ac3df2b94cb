/// The number of a field of an entry. Unknown ones are kept and passed on; a number is never used again for another
/// meaning.
package struct Field: RawRepresentable, Hashable, Comparable, Sendable {
    /// Of items, of lists' heads, and on a shelf the last known name of the list.
    package static let name = Field(rawValue: 1)
    package static let note = Field(rawValue: 2)
    package static let category = Field(rawValue: 3)
    package static let checked = Field(rawValue: 4)
    package static let position = Field(rawValue: 5)
    /// A counter: how many are wanted, how many have been acquired.
    package static let quantity = Field(rawValue: 6)
    /// Of the quantity: what one of it is.
    package static let unit = Field(rawValue: 7)

    package static let trashed = Field(rawValue: 16)
    package static let createdMilliseconds = Field(rawValue: 17)
    /// Of shelf items: where this person keeps the list.
    package static let pinned = Field(rawValue: 18)
    package static let archived = Field(rawValue: 19)
    package static let template = Field(rawValue: 20)

    /// Of members and shelf items: a `Role`.
    package static let role = Field(rawValue: 32)
    package static let memberName = Field(rawValue: 33)
    /// An invitation is a member whose id is the hash of its secret.
    package static let invitationRole = Field(rawValue: 34)
    package static let expiresMilliseconds = Field(rawValue: 35)
    package static let invitedBy = Field(rawValue: 36)

    package static let username = Field(rawValue: 48)
    package static let passwordVerifier = Field(rawValue: 49)
    package static let userID = Field(rawValue: 50)

    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static func < (left: Field, right: Field) -> Bool {
        left.rawValue < right.rawValue
    }
}
