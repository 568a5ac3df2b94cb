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

    /// A line from which a crowd has left, one by one.
    private func crowded() throws -> (PushLine, [PushLine.Wave]) {
        var line = PushLine()
        var waves: [PushLine.Wave] = []
        for number in 0..<PushLine.crowd {
            _ = line.add([push(UInt64(number))])
            let wave = line.leave()
            waves.append(try #require(wave))
        }
        return (line, waves)
    }

    @Test("Each leaves at once until a crowd is on its way; then what comes waits, and leaves together")
    func crowd() throws {
        var (line, waves) = try crowded()
        #expect(waves.map(\.submissions) == (0..<PushLine.crowd).map { $0..<$0 + 1 })
        let (first, second) = (line.add([push(100), push(101)]), line.add([push(102)]))
        #expect(first == PushLine.crowd && second == PushLine.crowd + 1)
        let early = line.leave()
        #expect(!line.isReady && early == nil)
        line.answer(3)
        #expect(line.isReady)
        let (wave, rest) = (line.leave(), line.leave())
        #expect(wave?.submissions == PushLine.crowd..<PushLine.crowd + 2)
        #expect(wave?.pushes.map(\.id) == [100, 101, 102])
        #expect(rest == nil, "nothing is left")
    }

    @Test("A wave counts until its last answer; answers of other waves and of nobody do not matter")
    func answers() throws {
        var (line, _) = try crowded()
        _ = (line.add([push(1)]), line.add([push(2)]))
        let left = line.leaveAnyway()
        let wave = try #require(left)
        _ = line.add([push(3)])
        line.answer(wave.submissions.lowerBound)
        line.answer(9_999)
        #expect(!line.isReady)
        line.answer(wave.submissions.lowerBound + 1)
        #expect(!line.isReady, "the crowd before it is still there")
        line.answer(0)
        #expect(line.isReady)
    }

    @Test("A wave that has had its time holds nobody up, and its late answers are nobody's")
    func expiry() throws {
        var (line, waves) = try crowded()
        _ = line.add([push(1)])
        line.expire(waves[0])
        let wave = line.leave()
        #expect(wave != nil)
        line.answer(0)
        _ = line.add([push(2)])
        let next = line.leave()
        #expect(next == nil)
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
