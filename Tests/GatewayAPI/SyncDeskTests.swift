import GatewayAPI
import JobQueue
import ListCRDT
import Logging
import Messages
import Synchronization
import SyncProtocol
import Testing

@Suite("A device's sync")
struct SyncDeskTests {
    private let ring = MemoryRing()
    private let list = DocumentID(high: 3, low: 3)
    private let item = EntryKey(.items, EntryID(high: 4, low: 4))
    private let now: UInt64 = 1_800_000_000_000

    private final class Jobs: Sendable {
        let added = Mutex<[NewJob]>([])
    }

    private let jobs = Jobs()

    private func desk() -> SyncDesk {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (now, jobs) = (now, jobs)
        let library = Library(ring: ring) { now }
        return SyncDesk(
            ring: ring, access: AccessDesk(ring: ring) { now },
            shelves: ShelfKeeper(library: library, logger: logger) { job in jobs.added.withLock { $0.append(job) } },
            logger: logger
        ) { now }
    }

    private func owner() -> Device { Device(.test(1, "ada"), replica: 11) }

    private func founded(_ desk: SyncDesk) async -> Device {
        var device = owner()
        device.found(list, now: now)
        #expect(await device.sync(list, with: desk).status == .ok)
        return device
    }

    @Test("Founding a list and pushing to it: one write each, no read beyond who may do what")
    func fastPath() async {
        let desk = desk()
        var device = await founded(desk)
        device.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        #expect(await device.sync(list, with: desk).status == .ok)
        ring.forgetCounts()
        device.edit(list, item, [.set(.checked, .bool(true))], now: now)
        let part = await device.sync(list, with: desk)
        #expect(part.status == .ok)
        #expect(part.delta == nil)
        #expect(part.context == device.documents[list]?.context)
        #expect(part.knownCounter == 3)
        #expect(ring.reads.isEmpty)
        #expect(ring.submissions.count == 1)
    }

    @Test("A push that goes at once is answered as it is otherwise, also when others have written")
    func atOnce() async throws {
        let desk = desk()
        var (device, other) = (await founded(desk), Device(owner().caller, replica: 12))
        _ = await other.sync(list, with: desk)
        for number in 1...3 as ClosedRange<UInt64> {
            device.edit(list, EntryKey(.items, .init(high: 4, low: number)), [.set(.name, .string("Milk"))], now: now)
            if number > 1 {
                other.edit(list, EntryKey(.items, .init(high: 5, low: number)), [.set(.name, .string("Tea"))], now: now)
                _ = await other.sync(list, with: desk)
            }
            let request = device.request([list])
            let first = try #require(await desk.pushed(request, of: device.caller))
            let again = await desk.answer(request, of: device.caller)
            #expect(first.documents.map(\.status) == [.ok])
            #expect(first.documents.map(\.context) == again.documents.map(\.context))
            #expect(first.documents.map(\.delta) == again.documents.map(\.delta))
            #expect((first.documents.first?.delta == nil) == (number == 1), "what the other wrote comes along")
            _ = await device.sync(list, with: desk)
        }
        ring.isWritable(list, false)
        device.edit(list, item, [.set(.name, .string("Bread"))], now: now)
        let unconfirmed = await desk.pushed(device.request([list]), of: device.caller)
        #expect(unconfirmed?.documents.map(\.status) == [.notConfirmed])
    }

    @Test("What takes more than memory to judge does not go at once, and writes nothing")
    func notAtOnce() async {
        let desk = desk()
        var device = await founded(desk)
        ring.forgetCounts()
        #expect(await desk.pushed(device.request([list]), of: device.caller) == nil, "it asks, and pushes nothing")
        device.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        let request = device.request([list])
        #expect(await self.desk().pushed(request, of: device.caller) == nil, "who may do what is not known there")
        #expect(await desk.pushed(request, of: .test(2, "bob")) == nil, "a stranger's")
        var stale = request
        stale.documents[0].acknowledgedCounter = 1
        #expect(await desk.pushed(stale, of: device.caller) == nil, "perhaps another life of the replica")
        var two = request
        two.documents += request.documents
        #expect(await desk.pushed(two, of: device.caller) == nil, "two documents")
        var sharing = device
        sharing.edit(list, EntryKey(.members, UserID(high: 7, low: 2)), [.set(.role, .int(2))], now: now)
        #expect(await desk.pushed(sharing.request([list]), of: device.caller) == nil, "it shares the list")
        var founder = owner()
        founder.found(DocumentID(high: 3, low: 4), now: now)
        let founding = founder.request([DocumentID(high: 3, low: 4)])
        #expect(await desk.pushed(founding, of: founder.caller) == nil, "a new list")
        #expect(ring.submissions.isEmpty)
    }

    @Test("The same push twice is fine, and changes nothing")
    func idempotent() async {
        let desk = desk()
        var device = owner()
        device.found(list, now: now)
        let request = device.request([list])
        let first = await desk.response(to: request, of: device.caller)
        let second = await desk.response(to: request, of: device.caller)
        #expect(first.documents.map(\.status) == [.ok])
        #expect(second.documents.map(\.status) == [.ok])
        #expect(second.documents[0].context == first.documents[0].context)
    }

    @Test("What another did comes with the answer to a push")
    func lacking() async throws {
        let desk = desk()
        let ada = await founded(desk)
        var other = ada
        other = Device(.test(1, "ada"), replica: 12)
        #expect(await other.sync(list, with: desk).delta != nil)
        other.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        #expect(await other.sync(list, with: desk).status == .ok)
        var device = ada
        device.edit(list, EntryKey(.items, .init(high: 4, low: 5)), [.set(.name, .string("Tea"))], now: now)
        #expect(await device.sync(list, with: desk).status == .ok)
        #expect(device.documents[list]?.list.items.map(\.name).sorted() == ["Milk", "Tea"])
        #expect(device.documents[list] == ring.document(list))
    }

    @Test("A stranger is told nothing, neither on asking nor on pushing")
    func stranger() async {
        let desk = desk()
        _ = await founded(desk)
        var stranger = Device(.test(2, "bob"), replica: 21)
        let asked = await stranger.sync(list, with: desk)
        #expect(asked == .init(id: list, status: .forbidden))
        stranger.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        let pushed = await stranger.sync(list, with: desk)
        #expect(pushed == .init(id: list, status: .forbidden))
        #expect(ring.document(list)?.list.items.isEmpty == true)
    }

    @Test("What does not exist is gone; only its founder as its one owner can found it")
    func founding() async {
        let desk = desk()
        var device = owner()
        #expect(await device.sync(list, with: desk).status == .gone)
        device.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        #expect(await device.sync(list, with: desk).status == .gone)
        var usurper = Device(.test(2, "bob"), replica: 21)
        usurper.edit(list, .head, [.set(.name, .string("x"))], now: now)
        usurper.edit(list, EntryKey(.members, device.caller.user), [.set(.role, .int(1))], now: now)
        #expect(await usurper.sync(list, with: desk).status == .gone)
        #expect(ring.document(list) == nil)
    }

    @Test("Accounts cannot be synced, nor another's shelf")
    func otherKinds() async {
        let desk = desk()
        let device = owner()
        for kind in [DocumentKind.account, .shelf] {
            let response = await desk.response(to: device.request([list], kind: kind), of: device.caller)
            #expect(response.documents.map(\.status) == [.forbidden])
        }
        #expect(ring.reads.isEmpty)
    }

    @Test("A stamp 60 s ahead is taken, one more than that is refused before it is joined")
    func clockAhead() async {
        let desk = desk()
        var device = owner()
        device.found(list, now: now + 60_000)
        #expect(await device.sync(list, with: desk).status == .ok)
        device.edit(list, item, [.set(.name, .string("Milk"))], now: now + 60_001)
        #expect(await device.sync(list, with: desk).status == .clockAhead)
        #expect(ring.document(list)?.list.items.isEmpty == true)
    }

    @Test("Operations that nobody has made yet cannot be replaced in advance")
    func suppression() async {
        let desk = desk()
        let device = await founded(desk)
        var fields = Fields()
        fields.apply(.set(.name, .string("Milk")), stamp: Stamp(time: now << 16, replica: device.replica))
        let change = EntryDelta(
            covered: Context(), replaced: Context(Dot(ReplicaID(rawValue: 99), 1)),
            versions: [Version(dot: Dot(device.replica, 3), fields: fields)])
        let request = SyncRequest(
            replica: device.replica,
            documents: [
                .init(
                    id: list, kind: .list, context: Context(), delta: Delta(kind: .list, key: item, change))
            ])
        ring.forgetCounts()
        let response = await desk.response(to: request, of: device.caller)
        #expect(response.documents.map(\.status) == [.invalid])
        #expect(ring.reads.map(\.what).contains(.access), "it was looked up anew before it was refused")
        #expect(ring.submissions.isEmpty)
    }

    @Test("What another gateway's clients wrote may be replaced, also when this one has not heard of it")
    func replacingOthers() async {
        let (here, elsewhere) = (desk(), desk())
        var device = await founded(here)
        var other = Device(device.caller, replica: 12)
        _ = await other.sync(list, with: elsewhere)
        other.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        #expect(await other.sync(list, with: elsewhere).status == .ok)
        _ = await device.sync(list, with: elsewhere)
        device.edit(list, item, [.set(.checked, .bool(true))], now: now)
        #expect(await device.sync(list, with: here).status == .ok)
        #expect(ring.document(list)?.item(item.id)?.checked == true)
    }

    @Test("One document that is not confirmed does not fail the others")
    func ownTrouble() async {
        let desk = desk()
        var device = owner()
        let lists = (0..<5).map { DocumentID(high: 8, low: $0) }
        for list in lists { device.found(list, now: now) }
        ring.isWritable(lists[1], false)
        ring.isReachable(lists[3], false)
        let response = await desk.response(to: device.request(lists), of: device.caller)
        #expect(response.documents.map(\.id) == lists)
        #expect(response.documents.map(\.status) == [.ok, .notConfirmed, .ok, .notConfirmed, .ok])
        #expect(ring.submissions.count == 1, "the pushes went together")
    }

    @Test("A counter the server knew before the push, and the sender repeats, shows another life of the replica")
    func knownCounter() async {
        let desk = desk()
        var device = await founded(desk)
        device.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        _ = await device.sync(list, with: desk)
        var clone = owner()
        clone.found(list, now: now)
        let part = await clone.sync(list, with: desk)
        #expect(part.knownCounter == 3)
    }

    @Test("A push whose sender has not heard how far it is known joins nothing")
    func stale() async {
        let desk = desk()
        let device = await founded(desk)
        var clone = owner()
        clone.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        var request = clone.request([list])
        request.documents[0].acknowledgedCounter = 1
        let response = await desk.response(to: request, of: device.caller)
        #expect(response.documents.map(\.status) == [.staleReplica])
        #expect(response.documents.map(\.knownCounter) == [2])
        #expect(ring.document(list)?.list.items.isEmpty == true)
    }

    @Test("A push that ends a membership sends for that person's shelf")
    func errand() async {
        let desk = desk()
        var device = await founded(desk)
        #expect(jobs.added.withLock { $0.isEmpty }, "founders keep their own shelf")
        device.edit(list, EntryKey(.members, UserID(high: 7, low: 2)), [.set(.role, .int(2))], now: now)
        #expect(await device.sync(list, with: desk).status == .ok)
        #expect(jobs.added.withLock { $0.map(\.name) } == [ShelfKeeper.jobName])
    }

    @Test("Once the role is gone, so is the right to edit, as soon as the gateway hears of it")
    func revoked() async {
        let desk = desk()
        var device = await founded(desk)
        let bob = Caller.test(2, "bob")
        device.edit(list, EntryKey(.members, bob.user), [.set(.role, .int(2))], now: now)
        _ = await device.sync(list, with: desk)
        var other = Device(bob, replica: 21)
        _ = await other.sync(list, with: desk)
        other.edit(list, item, [.set(.name, .string("Milk"))], now: now)
        #expect(await other.sync(list, with: desk).status == .ok)
        device.remove(list, EntryKey(.members, bob.user))
        #expect(await device.sync(list, with: desk).status == .ok)
        other.edit(list, item, [.set(.name, .string("Beer"))], now: now)
        #expect(await other.sync(list, with: desk).status == .forbidden)
    }
}
