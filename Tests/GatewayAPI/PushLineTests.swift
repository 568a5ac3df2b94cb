import GatewayAPI
import ListCRDT
import Messages
import Testing

@Suite("Pushes in line, and the waves in which they leave")
struct PushLineTests {
    private func push(_ id: UInt64, bytes: Int = 1) -> SyncJob.Push {
        SyncJob.Push(
            document: .zero, id: id, delta: [UInt8](repeating: 0, count: bytes), author: .zero, username: "ana",
            replica: ReplicaID(rawValue: 1), atMilliseconds: 1, deadlineMilliseconds: 2, trace: 3)
    }

    /// A line from which one push has left.
    private func onItsWay() throws -> (PushLine, PushLine.Wave) {
        var line = PushLine()
        _ = line.add([push(7)])
        let wave = line.leave()
        return (line, try #require(wave))
    }

    @Test("A lone push leaves at once; what comes while it is on its way waits, and leaves together")
    func waves() throws {
        var (line, lone) = try onItsWay()
        #expect(lone.submissions == 0..<1 && lone.pushes.map(\.id) == [7])
        let (first, second) = (line.add([push(100), push(101)]), line.add([push(102)]))
        #expect(first == 1 && second == 2)
        let early = line.leave()
        #expect(!line.isReady && early == nil)
        line.answer(0)
        #expect(line.isReady && line.lingersAfter == nil, "two of three are most")
        let (wave, rest) = (line.leave(), line.leave())
        #expect(wave?.submissions == 1..<3)
        #expect(wave?.pushes.map(\.id) == [100, 101, 102])
        #expect(rest == nil, "nothing is left")
    }

    @Test("A wave is on its way until its last answer; answers to nobody do not matter")
    func answers() throws {
        var (line, lone) = try onItsWay()
        _ = (line.add([push(1)]), line.add([push(2)]))
        line.answer(9_999)
        #expect(!line.isReady)
        line.answer(lone.submissions.lowerBound)
        let wave = line.leave()
        #expect(wave?.submissions == 1..<3)
        for id in 3..<7 as Range<UInt64> { _ = line.add([push(id)]) }
        line.answer(1)
        #expect(!line.isReady, "one is not answered")
        line.answer(2)
        #expect(line.isReady)
    }

    /// A line whose wave of five was answered while a sixth submission waits.
    private func answeredFive() -> (PushLine, PushLine.Wave?) {
        var line = PushLine()
        for id in 0..<5 as Range<UInt64> { _ = line.add([push(id)]) }
        let wave = line.leave()
        _ = line.add([push(5)])
        for submission in 0..<5 {
            #expect(line.lingersAfter == nil)
            line.answer(submission)
        }
        return (line, wave)
    }

    @Test("After its answers the next wave lingers until four of five who pushed stand in line again")
    func lingering() {
        var (line, wave) = answeredFive()
        #expect(line.lingersAfter == wave?.submissions)
        for id in 6..<8 as Range<UInt64> {
            _ = line.add([push(id)])
            let early = line.leave()
            #expect(!line.isReady && early == nil)
        }
        _ = line.add([push(8)])
        #expect(line.isReady && line.lingersAfter == nil, "four of six")
        let next = line.leave()
        #expect(next?.submissions == 5..<9)
    }

    @Test("A wave lingers for a moment only; the end of an earlier wave's moment does not matter")
    func lingersNoLonger() throws {
        var (line, wave) = answeredFive()
        line.endLinger(after: 3..<4)
        #expect(!line.isReady)
        line.endLinger(after: try #require(wave).submissions)
        #expect(line.isReady && line.lingersAfter == nil)
        let next = line.leave()
        #expect(next?.submissions == 5..<6)
        line.answer(5)
        _ = line.add([push(6)])
        #expect(line.isReady, "who pushes alone waits for nobody")
    }

    @Test("A wave that has had its time holds nobody up, and its late answers are nobody's")
    func expiry() throws {
        var (line, lone) = try onItsWay()
        _ = line.add([push(1)])
        line.expire(lone.submissions)
        let second = line.leave()
        #expect(second != nil)
        _ = line.add([push(2)])
        line.answer(0)
        line.expire(lone.submissions)
        let third = line.leave()
        #expect(third == nil, "the second is on its way")
        line.answer(1)
        #expect(line.isReady)
    }

    @Test("At the end all leaves, whatever is on its way")
    func end() throws {
        var (line, _) = try onItsWay()
        _ = line.add([push(1)])
        let (wave, rest) = (line.leaveAnyway(), line.leaveAnyway())
        #expect(wave?.pushes.map(\.id) == [1])
        #expect(rest == nil)
    }

    @Test("They wait up to a number and a size; one more is refused")
    func bounds() {
        var many = PushLine()
        let numbers = (0...GatewayLimits.pushesWaitingMax).map { _ in many.add([push(1)]) }
        #expect(numbers == (0..<GatewayLimits.pushesWaitingMax).map { $0 } + [nil])
        var large = PushLine()
        let quarter = GatewayLimits.pushBytesWaitingMax / 4
        let sizes = [quarter, quarter, quarter, quarter, 1]
        #expect(sizes.map { large.add([push(1, bytes: $0)]) } == [0, 1, 2, 3, nil])
    }
}
