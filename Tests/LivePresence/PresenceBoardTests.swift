import ListCRDT
import LivePresence
import Testing

private let ada = PresentPerson(user: UserID(high: 1, low: 1), username: "ada")
private let ben = PresentPerson(user: UserID(high: 1, low: 2), username: "ben")
private let groceries = DocumentID(high: 2, low: 1)
private let packing = DocumentID(high: 2, low: 2)

@Suite("Who has a list open, at one bridge")
struct PresenceHereTests {
    private func board(following lists: DocumentID...) -> PresenceBoard {
        var board = PresenceBoard()
        for list in lists { board.follow(list) }
        return board
    }

    @Test("Followers hear who opens and who leaves, each person once, by name; and nothing twice")
    func told() {
        var board = board(following: groceries)
        #expect(board.open(1, ben, [groceries]).isEmpty)
        #expect(board.takeTells() == [.init(groceries, [ben])])
        #expect(board.open(2, ada, [groceries]).isEmpty)
        #expect(board.open(3, ada, [groceries]) == [groceries], "a second device of hers is news to nobody but itself")
        #expect(board.takeTells() == [.init(groceries, [ada, ben])])
        board.leave(2)
        #expect(board.takeTells().isEmpty, "her other device has it open still")
        board.leave(3)
        board.leave(3)
        #expect(board.takeTells() == [.init(groceries, [ben])])
        #expect(board.open(1, ben, []).isEmpty)
        #expect(board.takeTells() == [.init(groceries, [])])
        #expect(board.takeTells().isEmpty && board.people(of: groceries).isEmpty)
    }

    @Test("What a device says replaces what it said; what is taken back before it was told is not told")
    func replaced() {
        var board = board(following: groceries, packing)
        _ = board.open(1, ada, [groceries])
        _ = board.takeTells()
        #expect(board.open(1, ada, [packing]).isEmpty)
        #expect(board.takeTells() == [.init(groceries, []), .init(packing, [ada])])
        #expect(board.open(1, ada, [packing]).isEmpty, "the same again is nothing new")
        _ = board.open(2, ben, [groceries])
        board.leave(2)
        #expect(board.takeTells().isEmpty)
    }

    @Test("What changed is written down once, as it is then; what could not be written comes again")
    func written() {
        var board = board(following: groceries, packing)
        _ = board.open(1, ada, [groceries, packing])
        _ = board.open(2, ben, [groceries])
        let first = board.takeWork(limit: 1)
        #expect(first.writes == [.init(groceries, [ada, ben])])
        #expect(board.takeWork(limit: 9).writes == [.init(packing, [ada])])
        #expect(board.takeWork(limit: 9).isEmpty)
        board.leave(2)
        board.giveBack(first)
        #expect(board.takeWork(limit: 9).writes == [.init(groceries, [ada])], "as it is by now")
        board.leave(1)
        #expect(board.takeWork(limit: 9).writes == [.init(groceries, []), .init(packing, [])])
        board.writeAgain()
        #expect(board.takeWork(limit: 9).isEmpty, "nobody is here")
        _ = board.open(1, ada, [packing])
        _ = board.takeWork(limit: 9)
        board.writeAgain()
        #expect(board.takeWork(limit: 9).writes == [.init(packing, [ada])])
    }

    @Test("No more people are named than may be, and those whose names come first")
    func bounded() {
        var board = board(following: groceries)
        for number in 0..<UInt64(150) {
            let name = "user-\(1_000 + 150 - number)"
            _ = board.open(number, .init(user: UserID(high: 3, low: number), username: name), [groceries])
        }
        let names = board.takeTells().first?.people.map(\.username)
        #expect(names?.count == PresenceBoard.peopleMax && names?.first == "user-1001" && names?.last == "user-1100")
        #expect(board.takeWork(limit: 9).writes.first?.people.count == PresenceBoard.peopleMax)
    }
}

@Suite("Who has a list open, at other bridges")
struct PresenceElsewhereTests {
    @Test("A list is looked up at every bridge when it is first followed, and when a bridge says that it changed there")
    func looks() {
        var board = PresenceBoard()
        board.bridges(are: ["b2", "b3"])
        #expect(board.takeWork(limit: 9).isEmpty, "nobody follows anything")
        board.follow(groceries)
        #expect(board.takeWork(limit: 9).looks == [.init(at: "b2", [groceries]), .init(at: "b3", [groceries])])
        board.changed(at: "b3", [groceries, packing])
        #expect(board.takeWork(limit: 9).looks == [.init(at: "b3", [groceries])], "nobody follows the other one")
        board.changed(at: "b4", [packing])
        #expect(board.takeWork(limit: 9).looks == [.init(at: "b4", [groceries])], "a bridge that was not known")
        board.bridges(are: ["b2", "b3", "b4", "b5"])
        #expect(board.takeWork(limit: 9).looks == [.init(at: "b5", [groceries])])
        board.lookAgain()
        let work = board.takeWork(limit: 9)
        #expect(work.looks.map(\.bridge) == ["b2", "b3", "b4", "b5"])
        board.bridges(are: ["b2", "b3"])
        board.giveBack(work)
        #expect(board.takeWork(limit: 9).looks.map(\.bridge) == ["b2", "b3"], "the others are gone")
        board.changed(at: "b2", [groceries])
        board.unfollow(groceries)
        #expect(board.takeWork(limit: 9).isEmpty)
    }

    @Test(
        "Those at other bridges are told of like those here, nobody twice; a bridge that is gone takes its people with it"
    )
    func joined() {
        var board = PresenceBoard()
        board.bridges(are: ["b2", "b3"])
        board.follow(groceries)
        _ = board.open(1, ada, [groceries])
        board.found([ben], at: "b2", of: groceries)
        board.found([ada], at: "b3", of: groceries)
        #expect(board.takeTells() == [.init(groceries, [ada, ben])])
        board.leave(1)
        #expect(board.takeTells().isEmpty, "she has it open at another bridge still")
        #expect(board.open(2, ada, [groceries]) == [groceries])
        board.leave(2)
        board.found([ben], at: "b2", of: groceries)
        #expect(board.takeTells().isEmpty)
        board.bridges(are: ["b3"])
        #expect(board.takeTells() == [.init(groceries, [ada])])
        board.found([], at: "b3", of: groceries)
        #expect(board.takeTells() == [.init(groceries, [])])
        board.found([ben], at: "b2", of: groceries)
        board.found([ben], at: "b3", of: packing)
        #expect(board.takeTells().isEmpty, "from a bridge that is gone, and of a list that nobody follows")
    }

    @Test("When the last follower goes, what was known goes too, and is looked up anew for the next")
    func forgotten() {
        var board = PresenceBoard()
        board.bridges(are: ["b2"])
        board.follow(groceries)
        board.found([ben], at: "b2", of: groceries)
        _ = (board.takeTells(), board.takeWork(limit: 9))
        board.unfollow(groceries)
        #expect(board.people(of: groceries).isEmpty)
        board.follow(groceries)
        #expect(board.takeWork(limit: 9).looks == [.init(at: "b2", [groceries])])
        board.found([ben], at: "b2", of: groceries)
        #expect(board.takeTells() == [.init(groceries, [ben])])
    }

    @Test("What is written down is read back; what is something else is left out")
    func text() {
        #expect(PresenceText.people(in: PresenceText.text(of: [ada, ben])) == [ada, ben])
        #expect(PresenceText.text(of: [ada]) == "\(ada.user.hex) ada")
        #expect(PresenceText.people(in: "").isEmpty && PresenceText.people(in: "x ada,,\(ben.user.hex),a b c").isEmpty)
        #expect(PresenceText.lists(in: PresenceText.text(of: [groceries, packing])) == [groceries, packing])
        #expect(PresenceText.lists(in: "zz \(packing.hex)") == [packing])
        let crowd = (0..<UInt64(300)).map { PresentPerson(user: UserID(high: 9, low: $0), username: "u\($0)") }
        #expect(PresenceText.people(in: PresenceText.text(of: crowd)).count == PresenceBoard.peopleMax)
    }
}

@Suite("Bridges that share what is open")
struct PresenceConvergenceTests {
    /// Random sessions at three bridges whose messages come late, twice or not at all: after one look at everything all of them tell the same.
    @Test("Whatever was lost on the way, they agree after one look", arguments: 1...UInt64(20))
    func converge(seed: UInt64) {
        var random = Dice(state: seed &* 0x9e37_79b9_7f4a_7c15)
        let names = ["b1", "b2", "b3"]
        let lists = [groceries, packing]
        var boards = names.map { _ in PresenceBoard() }
        var written: [String: [DocumentID: [PresentPerson]]] = [:]
        var last: [[DocumentID: [PresentPerson]]] = [[:], [:], [:]]
        for index in boards.indices {
            for list in lists { boards[index].follow(list) }
            boards[index].bridges(are: Set(names).subtracting([names[index]]))
        }
        func work(_ index: Int, losing: Bool) {
            let work = boards[index].takeWork(limit: 1 + random.roll(3))
            for write in work.writes { written[names[index], default: [:]][write.list] = write.people }
            for other in boards.indices where other != index && !(losing && random.roll(3) == 0) {
                boards[other].changed(at: names[index], work.writes.map(\.list))
            }
            for look in work.looks {
                for list in look.lists {
                    boards[index].found(written[look.bridge]?[list] ?? [], at: look.bridge, of: list)
                }
            }
            for tell in boards[index].takeTells() { last[index][tell.list] = tell.people }
        }
        for _ in 0..<200 {
            let index = random.roll(3)
            switch random.roll(3) {
            case 0: boards[index].leave(UInt64(random.roll(4)))
            case 1: work(index, losing: true)
            default:
                let session = UInt64(random.roll(4))
                let open = lists.filter { _ in random.roll(2) == 0 }
                _ = boards[index].open(session, session % 2 == 0 ? ada : ben, Set(open))
            }
        }
        for index in boards.indices { boards[index].lookAgain() }
        for _ in 0..<30 { for index in boards.indices { work(index, losing: false) } }
        for list in lists {
            let people = boards.map { $0.people(of: list) }
            #expect(people.allSatisfy { $0 == people[0] }, "seed \(seed)")
            #expect(last.allSatisfy { $0[list] ?? [] == people[0] }, "followers were told the last of it, seed \(seed)")
        }
    }
}

private struct Dice {
    var state: UInt64

    mutating func roll(_ sides: UInt64) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % sides)
    }
}
