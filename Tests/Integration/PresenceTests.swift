import Abuse
import Foundation
import Synchronization
import TestStack
import TestSupport
import Testing

extension Integration {
    @Suite("Who has a list open, over two bridges")
    struct PresenceTests {
        /// A device that hears who is there.
        private final class Onlooker: Sendable {
            let live: RawWebSocket
            private let list: String
            private let heard = Mutex<[RawWebSocket.Arrival]>([])

            private init(_ live: RawWebSocket, _ list: String) {
                self.live = live
                self.list = list
            }

            static func following(
                _ list: String, as person: Person, at bridge: String, of stack: Stack
            ) async throws -> Onlooker {
                let live = try await RawWebSocket.connected(to: stack, bridge: bridge, token: person.token)
                let onlooker = Onlooker(live, list)
                // The ring may be on its way back from a loss of Redis.
                try await eventually(within: .seconds(20), "a follow is granted") {
                    await live.say(#"{"follow":[{"list":"\#(list)"}]}"#)
                    let arrivals = await live.arrivals(1)
                    guard case .text(let text) = arrivals.first, text.hasPrefix(#"{"following""#) else { return false }
                    onlooker.heard.withLock { $0 += arrivals.dropFirst() }
                    return true
                }
                return onlooker
            }

            func open(_ lists: [String]) async { await live.say(#"{"open":\#(lists)}"#) }

            /// The names in the frame that comes next; nil: none does.
            func hears(within limit: Duration = .seconds(10)) async -> [String]? {
                if heard.withLock({ $0.isEmpty }) {
                    let more = await live.arrivals(1, within: limit)
                    heard.withLock { $0 += more }
                }
                guard case .text(let text) = heard.withLock({ $0.isEmpty ? nil : $0.removeFirst() }),
                    let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
                    let presence = json["presence"] as? [String: Any], presence["list"] as? String == list,
                    let users = presence["users"] as? [[String: Any]]
                else { return nil }
                return users.compactMap { $0["username"] as? String }
            }

            /// Reads until it hears just this.
            func awaits(_ names: [String], within limit: Duration = .seconds(20)) async -> Bool {
                let deadline = ContinuousClock.now + limit
                while ContinuousClock.now < deadline {
                    if await hears(within: deadline - .now) == names { return true }
                }
                return false
            }
        }

        private var twoBridges: Stack.Layout {
            var layout = Stack.Layout()
            layout.bridges = 2
            return layout
        }

        @Test("Devices on both bridges hear who opens a list and who leaves it, and nobody of those who may not see it")
        func shared() async throws {
            try await Stack.run(twoBridges) { stack in
                let ana = try await Person.registered("ana", at: stack)
                let bob = try await Person.registered("bob", at: stack)
                let eve = try await Person.registered("eve", at: stack)
                let list = try await ana.newList("Groceries")
                let path = "/v1/lists/\(list)"
                let token = try #require(
                    try await ana.send("POST", "\(path)/invitations", ["role": "viewer"]).json["token"] as? String)
                #expect(try await bob.send("POST", "/v1/invitations/\(token)").status == 200)

                let here = try await Onlooker.following(list, as: ana, at: "bridge", of: stack)
                let there = try await Onlooker.following(list, as: bob, at: "bridge-2", of: stack)
                await here.open([list])
                #expect(await here.hears() == ["ana"], "at once, and oneself alike")
                #expect(await there.awaits(["ana"]), "from the other bridge")
                await there.open([list])
                #expect(await there.awaits(["ana", "bob"]))
                #expect(await here.awaits(["ana", "bob"]))

                let second = try await Onlooker.following(list, as: ana, at: "bridge-2", of: stack)
                #expect(await second.hears() == ["ana", "bob"], "a device that begins to follow hears who is there")
                await second.open([list])
                #expect(await second.hears() == ["ana", "bob"], "each person once")

                let stranger = try await RawWebSocket.connected(to: stack, bridge: "bridge-2", token: eve.token)
                await stranger.say(#"{"open":["\#(list)"],"follow":[{"list":"\#(list)"}]}"#)
                #expect(RawWebSocket.errors(await stranger.arrivals(1)) == ["forbidden"])
                await here.open([])
                #expect(await stranger.arrivals(1, within: .seconds(1)).isEmpty, "neither hears nor is heard of")

                #expect(try await ana.send("DELETE", "\(path)/members/\(bob.user)").status == 204)
                #expect(await here.awaits(["ana"]), "who lost their role is not there any more")
                let socket = second.live.socket
                socket.finishSending()
                #expect(await here.awaits([]), "a connection that ends leaves")
            }
        }

        @Test("A bridge that dies is forgotten, one that begins learns, and what Redis lost is written down again")
        func faults() async throws {
            try await Stack.run(twoBridges) { stack in
                let ana = try await Person.registered("ana", at: stack)
                let list = try await ana.newList("Groceries")
                let bob = try await Person.registered("bob", at: stack)
                let token = try #require(
                    try await ana.send("POST", "/v1/lists/\(list)/invitations", ["role": "editor"]).json["token"]
                        as? String)
                #expect(try await bob.send("POST", "/v1/invitations/\(token)").status == 200)
                let here = try await Onlooker.following(list, as: ana, at: "bridge", of: stack)
                let there = try await Onlooker.following(list, as: bob, at: "bridge-2", of: stack)
                await there.open([list])
                #expect(await here.awaits(["bob"]))
                try await stack.redis.kill()
                try stack.redis.forgetData()
                try await stack.redis.start()
                await here.open([list])
                #expect(await there.awaits(["ana", "bob"], within: .seconds(30)))
                try await stack.end("bridge", SIGTERM)
                #expect(await there.awaits(["bob"], within: .seconds(30)))
                try stack.start("bridge")
                try await stack.awaitReady("bridge")
                let again = try await Onlooker.following(list, as: ana, at: "bridge", of: stack)
                #expect(await again.awaits(["bob"]))
                await again.open([list])
                #expect(await again.awaits(["ana", "bob"]))
                try await stack.end("bridge-2", SIGKILL)
                #expect(await again.awaits(["ana"], within: .seconds(30)))
            }
        }
    }
}
