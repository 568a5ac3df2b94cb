package import ListCRDT

/// Who has which list open: here, as this bridge's sessions say, and elsewhere, as other bridges wrote it down. Pure.
///
/// Events come in by the methods. What there is to do since is taken out, by the shell at its own pace: `takeTells()` is for the followers
/// here, `takeWork(limit:)` for what bridges share. What changed several times in between is told and written once.
package struct PresenceBoard: Sendable {
    /// What bridges have to say to one another.
    package struct Work: Sendable, Equatable {
        /// Who has the list open here now; nobody: it is to be taken away.
        package var writes: [OpenList] = []
        /// The lists to look up at each bridge.
        package var looks: [Look] = []

        package var isEmpty: Bool { writes.isEmpty && looks.isEmpty }

        package init() {}
    }

    /// Who has one list open.
    package struct OpenList: Sendable, Equatable {
        package var list: DocumentID
        package var people: [PresentPerson]

        package init(_ list: DocumentID, _ people: [PresentPerson]) {
            self.list = list
            self.people = people
        }
    }

    package struct Look: Sendable, Equatable {
        package var bridge: String
        package var lists: [DocumentID]

        package init(at bridge: String, _ lists: [DocumentID]) {
            self.bridge = bridge
            self.lists = lists
        }
    }

    /// Lists that one device may have open.
    package static let openMax = 16
    /// Named of one list, here and by each other bridge: those whose names come first.
    package static let peopleMax = 100

    private struct Session {
        var person: PresentPerson
        var lists: Set<DocumentID>
    }

    private var sessions: [UInt64: Session] = [:]
    /// How many sessions of each person have a list open here.
    private var here: [DocumentID: [PresentPerson: Int]] = [:]
    /// Of lists that are followed here.
    private var elsewhere: [DocumentID: [String: [PresentPerson]]] = [:]
    private var followed: Set<DocumentID> = []
    private var bridges: Set<String> = []
    /// What followers were told last; nothing: that nobody has it open.
    private var told: [DocumentID: [PresentPerson]] = [:]

    private var untold: Set<DocumentID> = []
    private var unwritten: Set<DocumentID> = []
    private var unseen: [String: Set<DocumentID>] = [:]

    package init() {}

    /// Who has a list open, each person once, in the order of their names.
    package func people(of list: DocumentID) -> [PresentPerson] {
        PresentPerson.listed(Array((here[list] ?? [:]).keys) + (elsewhere[list] ?? [:]).values.joined())
    }

    // MARK: - Here

    /// A session has these lists open, and no others. Returns those of them that it opened and whose followers have nothing new to hear:
    /// they tell it who is there.
    package mutating func open(_ session: UInt64, _ person: PresentPerson, _ lists: Set<DocumentID>) -> [DocumentID] {
        if let known = sessions[session], known.person != person { leave(session) }
        let before = sessions[session]?.lists ?? []
        sessions[session] = lists.isEmpty ? nil : Session(person: person, lists: lists)
        for list in before.subtracting(lists) { remove(person, from: list) }
        return lists.subtracting(before).sorted().filter { !add(person, to: $0) }
    }

    /// The session has ended.
    package mutating func leave(_ session: UInt64) {
        guard let known = sessions.removeValue(forKey: session) else { return }
        for list in known.lists { remove(known.person, from: list) }
    }

    /// Returns whether that is news.
    private mutating func add(_ person: PresentPerson, to list: DocumentID) -> Bool {
        let count = here[list]?[person] ?? 0
        let before = count == 0 ? people(of: list) : []
        here[list, default: [:]][person] = count + 1
        guard count == 0 else { return false }
        unwritten.insert(list)
        guard people(of: list) != before else { return false }
        untold.insert(list)
        return true
    }

    private mutating func remove(_ person: PresentPerson, from list: DocumentID) {
        let count = (here[list]?[person] ?? 1) - 1
        here[list]?[person] = count == 0 ? nil : count
        if here[list]?.isEmpty == true { here[list] = nil }
        guard count == 0 else { return }
        unwritten.insert(list)
        untold.insert(list)
    }

    /// Somebody here follows a list that nobody followed before.
    package mutating func follow(_ list: DocumentID) {
        guard followed.insert(list).inserted else { return }
        for bridge in bridges { unseen[bridge, default: []].insert(list) }
    }

    /// Nobody here follows it any more.
    package mutating func unfollow(_ list: DocumentID) {
        followed.remove(list)
        elsewhere[list] = nil
        told[list] = nil
        untold.remove(list)
        for bridge in unseen.keys { unseen[bridge]?.remove(list) }
    }

    // MARK: - Elsewhere

    /// The other bridges that are up. Those that are not any more have nothing open.
    package mutating func bridges(are names: Set<String>) {
        for gone in bridges.subtracting(names) {
            unseen[gone] = nil
            for (list, found) in elsewhere where found[gone] != nil { set([], at: gone, of: list) }
        }
        for new in names.subtracting(bridges) { unseen[new] = followed }
        bridges = names
    }

    /// A bridge says that something changed there.
    package mutating func changed(at bridge: String, _ lists: some Sequence<DocumentID>) {
        if bridges.insert(bridge).inserted { unseen[bridge] = followed }
        unseen[bridge, default: []].formUnion(lists.filter(followed.contains))
    }

    /// What was found of one list at a bridge.
    package mutating func found(_ people: [PresentPerson], at bridge: String, of list: DocumentID) {
        guard followed.contains(list), bridges.contains(bridge) else { return }
        set(PresentPerson.listed(people), at: bridge, of: list)
    }

    private mutating func set(_ people: [PresentPerson], at bridge: String, of list: DocumentID) {
        guard elsewhere[list]?[bridge] ?? [] != people else { return }
        elsewhere[list, default: [:]][bridge] = people.isEmpty ? nil : people
        if elsewhere[list]?.isEmpty == true { elsewhere[list] = nil }
        untold.insert(list)
    }

    /// What others say may have been missed.
    package mutating func lookAgain() {
        for bridge in bridges { unseen[bridge] = followed }
    }

    /// What was written is lost.
    package mutating func writeAgain() { unwritten.formUnion(here.keys) }

    // MARK: - What there is to do

    /// What followers have not been told, in the order of the lists.
    package mutating func takeTells() -> [OpenList] {
        defer { untold = [] }
        return untold.sorted().compactMap { list in
            let people = people(of: list)
            guard followed.contains(list), people != told[list] ?? [] else { return nil }
            told[list] = people.isEmpty ? nil : people
            return OpenList(list, people)
        }
    }

    /// At most so many lists of each kind; more is left for the next time. Give back what could not be done.
    package mutating func takeWork(limit: Int) -> Work {
        var work = Work()
        work.writes = unwritten.sorted().prefix(limit).map { list in
            OpenList(list, PresentPerson.listed((here[list] ?? [:]).keys))
        }
        unwritten.subtract(work.writes.map(\.list))
        for bridge in unseen.keys.sorted() {
            let lists = Array((unseen[bridge] ?? []).sorted().prefix(limit))
            unseen[bridge]?.subtract(lists)
            if !lists.isEmpty { work.looks.append(Look(at: bridge, lists)) }
        }
        return work
    }

    package mutating func giveBack(_ work: Work) {
        unwritten.formUnion(work.writes.map(\.list))
        for look in work.looks where bridges.contains(look.bridge) {
            unseen[look.bridge, default: []].formUnion(look.lists.filter(followed.contains))
        }
    }
}
