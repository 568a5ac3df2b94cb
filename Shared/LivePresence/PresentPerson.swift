package import ListCRDT

/// A person who has a list open.
package struct PresentPerson: Hashable, Comparable, Sendable {
    package let user: UserID
    package let username: String

    package init(user: UserID, username: String) {
        self.user = user
        self.username = username
    }

    package static func < (left: PresentPerson, right: PresentPerson) -> Bool {
        left.username == right.username ? left.user < right.user : left.username < right.username
    }

    /// Each person once, in the order of their names, no more than may be named.
    static func listed(_ people: some Sequence<PresentPerson>) -> [PresentPerson] {
        var seen: Set<UserID> = []
        return Array(people.sorted().filter { seen.insert($0.user).inserted }.prefix(PresenceBoard.peopleMax))
    }
}

/// The form in which bridges write down who is there: `4f3a… ada,90c1… ben`. User names have neither spaces nor commas.
package enum PresenceText {
    package static func text(of people: [PresentPerson]) -> String {
        people.map { "\($0.user.hex) \($0.username)" }.joined(separator: ",")
    }

    /// What is not in this form is left out.
    package static func people(in text: String) -> [PresentPerson] {
        text.split(separator: ",").prefix(PresenceBoard.peopleMax).compactMap { entry in
            let words = entry.split(separator: " ")
            guard words.count == 2, let user = UserID(hex: String(words[0])) else { return nil }
            return PresentPerson(user: user, username: String(words[1]))
        }
    }

    package static func text(of lists: [DocumentID]) -> String { lists.map(\.hex).joined(separator: " ") }

    package static func lists(in text: String) -> [DocumentID] {
        text.split(separator: " ").compactMap { DocumentID(hex: String($0)) }
    }
}
