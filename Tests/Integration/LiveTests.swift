import Abuse
import ListCRDT
import SyncProtocol
import TestStack
import TestSupport
import Testing

extension Integration {
    @Suite("Live updates")
    struct LiveTests {
        /// Edits of each of two people, 10 kB each: more than the system keeps of a connection that is not read (4 MB at most, and a
        /// change is told in 24 kB), all of them less than what the bridge lets wait (2 MiB).
        private static let rounds = 100

        @Test("A device that reads slowly is told what waits in few changes, and of each person's as theirs")
        func slowReader() async throws {
            try await Stack.run { stack in
                let ana = try await Person.registered("ana", at: stack)
                let bob = try await Person.registered("bob", at: stack)
                let id = try await ana.newList("Loud")
                let list = try #require(DocumentID(hex: id))
                let token = try #require(
                    try await ana.send("POST", "/v1/lists/\(id)/invitations", ["role": "editor"]).json["token"]
                        as? String)
                #expect(try await bob.send("POST", "/v1/invitations/\(token)").status == 200)
                let slow = try await RawWebSocket.connected(to: stack, token: ana.token, receiveBytes: 4_096)
                await slow.follow([list])
                #expect(await slow.arrivals(1).count == 1)

                // Nothing is read meanwhile: what the connection does not take waits in the bridge.
                let note = String(repeating: "loud ", count: 2_000)
                var devices = [(ana, RawDevice(list: list)), (bob, RawDevice(list: list))]
                for _ in 0..<Self.rounds {
                    for index in devices.indices {
                        try await edit(&devices[index].1, as: devices[index].0, note, at: stack)
                    }
                }
                let wanted = Context(
                    devices.flatMap { _, device in (1...device.counter).map { Dot(device.replica, $0) } })
                let told = await slow.changes { wanted.isSubset(of: $0) }

                let heard = told.reduce(into: Context()) { $0.formUnion($1.delta.context) }
                #expect(wanted.isSubset(of: heard))
                #expect(told.count < 2 * Self.rounds, "some were joined")
                for (person, device) in devices {
                    let theirs = told.filter { $0.by == person.name }
                    #expect(!theirs.isEmpty)
                    for change in theirs {
                        #expect(change.delta.context.ranges.allSatisfy { $0.replica == device.replica }, "\(change.by)")
                    }
                }
            }
        }

        private func edit(_ device: inout RawDevice, as person: Person, _ note: String, at stack: Stack) async throws {
            device.edit(
                device.nextItem, [.set(.name, .string("x")), .set(.note, .string(note))], now: currentMilliseconds())
            let pushed = device.pending
            let answer = try await person.sync(device.request().encoded(), at: stack)
            let part = try #require(try SyncResponse(decoding: answer?.body ?? []).documents.first)
            let isTaken = device.take(part, pushed: pushed)
            #expect(isTaken, "\(part.status)")
        }
    }
}
