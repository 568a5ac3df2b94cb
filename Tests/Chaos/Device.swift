internal import Foundation
internal import ListCRDT
internal import SyncProtocol
internal import TestSupport

/// A person's device with some lists: edits all the time, whether the server is there or not, and syncs when it can.
actor Device {
    struct Habits: Sendable {
        var editsPerSecond = 25.0
        /// Between the end of a sync and the next one.
        var pauseMilliseconds = 120...240
        var backoffMilliseconds = 200
        var backoffMillisecondsMax = 2_000
        /// Of each list, in one push.
        var operationsInPush = 400
    }

    /// Further off than this, the device's clock is taken to be wrong.
    private static let clockToleranceMilliseconds = 30_000

    nonisolated let number: Int
    let person: String
    private let wire: Wire
    private let pulse: Pulse
    private let habits: Habits
    private var token: String
    private var replicas: [Replica]
    private var shopper: Shopper
    private var random: SeededRandom
    private var isEditing = false
    private var setbacks = 0
    /// What is wrong with its clock, and what it has learnt to add.
    private var skewMilliseconds = 0
    private var correctionMilliseconds = 0
    private var cut: Wire.Cut?

    init(
        number: Int, person: String, token: String, lists: [DocumentID], seed: UInt64, habits: Habits, wire: Wire,
        pulse: Pulse
    ) {
        self.number = number
        self.person = person
        self.token = token
        self.wire = wire
        self.pulse = pulse
        self.habits = habits
        random = SeededRandom(seed: seed)
        shopper = Shopper(seed: random.next())
        let id = ReplicaID(rawValue: UInt64.random(in: 1..<(1 << 62)))
        replicas = lists.map { Replica(list: $0, id: id, owner: "device \(number) (\(id.hex.prefix(8)))") }
    }

    // MARK: - What may be done to it

    func setEditing(_ isEditing: Bool) { self.isEditing = isEditing }
    func skewClock(milliseconds: Int) { skewMilliseconds = milliseconds }
    func cutPushes(_ place: Wire.Cut?) { cut = place }

    /// Makes the list its person's.
    func found(_ list: DocumentID, named name: String, owner: UserID) {
        guard let index = replicas.firstIndex(where: { $0.list == list }) else { return }
        replicas[index].act(.found, on: .head, [.set(.name, .string(name))], now: now, at: pulse.moment)
        seat(owner, named: person, .owner, at: index)
    }

    /// Makes others its editors. The founding has to be acknowledged before.
    func share(_ list: DocumentID, with editors: [(user: UserID, name: String)]) {
        guard let index = replicas.firstIndex(where: { $0.list == list }) else { return }
        for (user, name) in editors { seat(user, named: name, .editor, at: index) }
    }

    private func seat(_ user: UserID, named name: String, _ role: Role, at index: Int) {
        let fields: [FieldChange] = [.set(.role, .int(role.rawValue)), .set(.memberName, .string(name))]
        replicas[index].act(.found, on: EntryKey(.members, user), fields, now: now, at: pulse.moment)
    }

    // MARK: - What it has

    var isSettled: Bool { replicas.allSatisfy(\.isSettled) }
    var pending: Int { replicas.reduce(0) { $0 + $1.pending } }

    func documents() -> [DocumentID: Document] {
        Dictionary(replicas.map { ($0.list, $0.document) }) { $1 }
    }

    /// What it did since the last call, by list.
    func takeReports() -> [DocumentID: [Operation]] {
        var reports: [DocumentID: [Operation]] = [:]
        for index in replicas.indices { reports[replicas[index].list] = replicas[index].takeReport() }
        return reports
    }

    func takeViolations() -> [Violation] { replicas.indices.flatMap { replicas[$0].takeViolations() } }

    // MARK: - Its life

    /// Until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.edit() }
            group.addTask { await self.syncOn() }
        }
    }

    private func edit() async {
        var due = 0.0
        var last = ContinuousClock.now
        while (try? await Task.sleep(for: .milliseconds(80))) != nil {
            let seconds = Double(Pulse.milliseconds(last.duration(to: .now))) / 1_000
            last = .now
            guard isEditing else { continue }
            due = min(due + seconds * habits.editsPerSecond, habits.editsPerSecond)
            while due >= 1 {
                due -= 1
                let index = Int.random(in: replicas.indices, using: &random)
                shopper.edit(&replicas[index], now: now, at: pulse.moment)
            }
        }
    }

    private func syncOn() async {
        while !Task.isCancelled {
            let pause = await sync()
            try? await Task.sleep(for: .milliseconds(pause))
        }
    }

    /// One exchange. How long to wait before the next, in milliseconds.
    func sync() async -> Int {
        let moment = pulse.moment
        var parts: [SyncRequest.Part] = []
        for index in replicas.indices {
            parts.append(replicas[index].part(pushing: habits.operationsInPush, at: moment).part)
        }
        guard let replica = replicas.first?.id else { return habits.backoffMillisecondsMax }
        let request = SyncRequest(replica: replica, documents: parts)
        if let cut, parts.contains(where: { $0.delta != nil }) {
            wire.cut(request, token: token, cut)
            pulse.count { $0.cuts += 1 }
            self.cut = nil
            return habits.backoffMilliseconds
        }
        do {
            return take(try await wire.sync(request, token: token))
        } catch { return await cope(with: error) }
    }

    private func take(_ answer: SyncResponse) -> Int {
        let moment = pulse.moment
        let apart = Int(answer.serverTimeMilliseconds) - wallClock
        if abs(apart) < Self.clockToleranceMilliseconds { correctionMilliseconds = 0 }
        var isSetBack = false
        var acknowledged = 0
        for part in answer.documents {
            guard let index = replicas.firstIndex(where: { $0.list == part.id }) else { continue }
            switch replicas[index].take(part, serverTime: answer.serverTimeMilliseconds, now: now, at: moment) {
            case .acknowledged(let count): acknowledged += count
            case .unconfirmed: isSetBack = true
            case .clockAhead:
                correctionMilliseconds = apart
                pulse.count { $0.clockAhead += 1 }
            case .refused(let status):
                pulse.report(.refused("device \(number) was told \(status.name)"))
                isSetBack = true
            }
        }
        if acknowledged > 0 { pulse.beat(number, acknowledged: acknowledged) }
        return isSetBack ? setBack() : settle()
    }

    private func cope(with error: any Error) async -> Int {
        switch error {
        case Wire.Failure.unauthorised:
            if let fresh = try? await wire.token(of: person) {
                token = fresh
                return 0
            }
            return setBack()
        case Wire.Failure.busy(let retryAfter): return max(setBack(), min(retryAfter, habits.backoffMillisecondsMax))
        case Wire.Failure.none: return setBack()
        default:
            pulse.report(.refused("device \(number): \(error)"))
            return setBack()
        }
    }

    private func settle() -> Int {
        setbacks = 0
        return Int.random(in: habits.pauseMilliseconds, using: &random)
    }

    /// Grows with each setback in a row: half of it certain, half by chance.
    private func setBack() -> Int {
        pulse.count { $0.setbacks += 1 }
        let full = min(habits.backoffMillisecondsMax, habits.backoffMilliseconds << min(setbacks, 10))
        setbacks += 1
        return full / 2 + Int.random(in: 0...(full / 2), using: &random)
    }

    /// As the device has it, in milliseconds since 1970.
    private var wallClock: Int { Int(Date().timeIntervalSince1970 * 1_000) + skewMilliseconds }
    private var now: UInt64 { UInt64(max(0, wallClock + correctionMilliseconds)) }
}
