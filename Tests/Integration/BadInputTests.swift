import Abuse
import Foundation
import ListCRDT
import SyncProtocol
import TestStack
import TestSupport
import Testing

extension Integration {
    @Suite("Bad input", Besieged())
    struct BadInputTests {
        private static let seed = UInt64.random(in: .min ... .max)

        let site: Besieged.Site

        init() throws { site = try #require(Besieged.site) }

        @Test("Bodies, framing, heads and paths that nobody means well with get their documented answers")
        func requests() async throws {
            try await site.expect(HostileRequests(token: site.villain.token).all) { try await $0.fault(at: site.stack) }
        }

        @Test("Behind a request, garbage is refused and nothing of it done; what came before it is answered")
        func pipelined() async throws {
            let smuggled = RawHTTP.request(
                "POST", "/v1/lists", token: site.villain.token, body: Array(#"{"name":"smuggled"}"#.utf8))
            let bytes = RawHTTP.head("GET", "/") + Array("\0\u{1}garbage\r\n\r\n".utf8) + smuggled
            let (answers, hasEnded) = try await RawHTTP.send(bytes, to: site.stack, answers: 3)
            #expect(answers.map(\.status) == [200, 400] && hasEnded)
            let lists = try await site.villain.send("GET", "/v1/lists")
            #expect(lists.status == 200 && !String(decoding: lists.body, as: UTF8.self).contains("smuggled"))
        }

        @Test("No token but one that the gateway issued, and as it issued it, opens gateway or bridge")
        func tokens() async throws {
            let tokens = try await ForgedToken.all(for: site.villain, at: site.stack)
            try await site.expect(tokens) { try await $0.fault(at: site.stack) }
        }

        @Test("Pushes that break a rule are refused for it, and leave nothing behind")
        func pushes() async throws {
            let device = HostileDevice(list: site.siege.list)
            try await site.expect(device.pushes) { try await $0.fault(by: site.villain, at: site.stack) }
            #expect(try await site.villain.items(of: site.siege.list.hex).isEmpty)
        }

        @Test(
            "A push that is cut off, or whose texts are no UTF-8, is malformed; a changed one never an error of ours"
        )
        func bytes() async throws {
            let device = HostileDevice(list: site.siege.list)
            for bytes in device.cuts + device.mistexts {
                let answer = try await site.villain.sync(bytes, at: site.stack)
                #expect(answer?.status == 400 && answer?.code == "malformed", "\(bytes)")
            }
            for bytes in device.mutations(300, seed: Self.seed) {
                let status = try await site.villain.sync(bytes, at: site.stack)?.status ?? 0
                #expect([200, 400, 422].contains(status), "seed \(Self.seed): \(bytes)")
            }
        }

        @Test("Someone else's list cannot be read, changed, synced, shared or followed")
        func strangers() async throws {
            let list = site.siege.list
            let path = "/v1/lists/\(list.hex)"
            let attempts: [(String, String, [String: any Sendable]?)] = [
                ("GET", path, nil), ("PATCH", path, ["name": "mine"]), ("DELETE", path, nil),
                ("POST", "\(path)/items", ["name": "mine"]), ("GET", "\(path)/history", nil),
                ("GET", "\(path)/members", nil), ("POST", "\(path)/invitations", ["role": "owner"]),
                ("PUT", "\(path)/members/\(site.stranger.user)", ["role": "owner"]),
                ("DELETE", "\(path)/members/\(site.villain.user)", nil),
            ]
            for (method, path, json) in attempts {
                let answer = try await site.stranger.send(method, path, json)
                #expect(answer.status == 403 && answer.errorCode == "forbidden", "\(method) \(path): \(answer.json)")
            }
            var device = RawDevice(list: list)
            device.add("mine", now: currentMilliseconds())
            let answer = try await site.stranger.sync(device.request().encoded(), at: site.stack)
            let part = try SyncResponse(decoding: answer?.body ?? []).documents.first
            #expect(part?.status == .forbidden && part?.context.isEmpty == true && part?.delta == nil)
            let live = try await RawWebSocket.connected(to: site.stack, token: site.stranger.token)
            await live.say(#"{"follow":[{"list":"\#(list.hex)"}]}"#)
            #expect(await RawWebSocket.errors(live.arrivals(1)) == ["forbidden"])
        }

        @Test("What means something to databases, shells and browsers comes back as the text it is")
        func injections() async throws {
            for text in HostileRequests.injections {
                let id = try await site.stranger.newList(text)
                let path = "/v1/lists/\(id)"
                let made = try await site.stranger.send(
                    "POST", "\(path)/items", ["name": text, "note": text, "category": String(text.prefix(100))])
                #expect(made.status == 201, "\(text): \(made.json)")
                let list = try await site.stranger.send("GET", path).json
                let item = (list["items"] as? [[String: Any]])?.first
                for field in [list["name"], item?["name"], item?["note"], item?["category"]] {
                    #expect(field as? String == text, "\(text.debugDescription)")
                }
                for (method, path, json, code) in Self.misplaced(text, in: path) {
                    let answer = try await site.stranger.send(method, path, json)
                    #expect(
                        (400..<500).contains(answer.status) && answer.errorCode == code, "\(method) \(path): \(text)")
                }
                var device = RawDevice(list: try #require(DocumentID(hex: id)))
                device.add(text, now: currentMilliseconds())
                let synced = try await site.stranger.sync(device.request().encoded(), at: site.stack)
                #expect(try SyncResponse(decoding: synced?.body ?? []).documents.first?.status == .ok, "\(text)")
                let items = try await site.stranger.send("GET", path).json["items"] as? [[String: Any]]
                #expect(items?.compactMap { $0["name"] as? String } == [text, text], "\(text.debugDescription)")
                let user = try await HTTP.send(
                    "POST", "\(site.stack.address)/v1/users", json: ["username": text, "password": "a password"])
                #expect(user.status == 422 && user.errorCode == "invalid_username", "\(text)")
            }
            #expect(try await site.stranger.send("GET", "/v1/lists").status == 200)
        }

        /// Where a text is no name, and the code with which it is refused.
        private static func misplaced(
            _ text: String, in list: String
        ) -> [(method: String, path: String, json: [String: any Sendable]?, code: String)] {
            [
                ("GET", "\(list)/history?limit=\(encoded(text))", nil, "invalid_field"),
                ("PATCH", "\(list)/items/\(encoded(text))", ["checked": true], "item_not_found"),
                ("POST", "\(list)/items", ["name": "bread", "after": text], "invalid_field"),
                ("DELETE", "\(list)/members/\(encoded(text))", nil, "member_not_found"),
                ("POST", "\(list)/invitations", ["role": text], "invalid_field"),
                ("POST", "/v1/sessions/refresh", ["refreshToken": text], "session_ended"),
                ("POST", "/v1/sync", ["replica": text, "documents": [String]()], "invalid_field"),
            ]
        }

        private static func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }

        @Test("A list takes 20,000 items in pushes of 1,000; the 20,001st is refused, and the list still works")
        func fullList() async throws {
            let list = try await site.villain.newList("Full")
            var device = RawDevice(list: try #require(DocumentID(hex: list)))
            func push() async throws -> SyncStatus? {
                let pushed = device.pending
                let answer = try await site.villain.sync(device.request().encoded(), at: site.stack)
                guard let part = try SyncResponse(decoding: answer?.body ?? []).documents.first else { return nil }
                device.take(part, pushed: pushed)
                return part.status
            }
            for _ in 0..<(ListLimits.items / ListLimits.operationsInPush) {
                for _ in 0..<ListLimits.operationsInPush { device.add("thing", now: currentMilliseconds()) }
                #expect(try await push() == .ok)
            }
            let full = device
            device.add("one too many", now: currentMilliseconds())
            #expect(try await push() == .invalid)
            let answer = try await site.villain.add("one too many", to: list)
            #expect(answer.status == 422 && answer.errorCode == "limit_exceeded")
            device = full
            let first = EntryKey(.items, EntryID(dot: Dot(device.replica, 1)))
            device.edit(first, [.set(.checked, .bool(true))], now: currentMilliseconds())
            #expect(try await push() == .ok)
        }

        @Test("Frames that RFC 6455 forbids close the connection with its code; bad messages are named")
        func frames() async throws {
            try await site.expect(HostileFrames.all) {
                try await $0.fault(token: site.villain.token, at: site.stack)
            }
        }

        @Test("No compression is agreed on, so there is nothing to blow up")
        func compression() async throws {
            _ = try await RawWebSocket.connected(
                to: site.stack, token: site.villain.token,
                headers: ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])
        }

        @Test("A flood of 10,000 pings is answered by as many pongs, or by none when nobody reads")
        func pings() async throws {
            let ping = RawWebSocket.frame(.ping, [UInt8](repeating: 7, count: 125))
            let flood = Array(repeatElement(ping, count: 10_000).joined())
            let reader = try await RawWebSocket.connected(to: site.stack, token: site.villain.token)
            async let sent = reader.socket.send(flood, within: .seconds(20))
            let pongs = await reader.socket.read(within: .seconds(20)) { $0.count >= 10_000 * 127 }
            #expect(await sent && pongs.bytes.count >= 10_000 * 127)
            let mute = try await RawWebSocket.connected(to: site.stack, token: site.villain.token, receiveBytes: 4_096)
            await mute.socket.send(flood + flood + flood, within: .seconds(2))
        }

        @Test("A connection follows 1,000 lists of its own, and not one more")
        func follows() async throws {
            let replica = ReplicaID(rawValue: .random(in: 1..<(1 << 63)))
            let owner = try #require(UserID(hex: site.villain.user))
            let now = currentMilliseconds()
            let devices = (0...1_000).map { _ -> RawDevice in
                var device = RawDevice(list: .init(high: .random(in: .min ... .max), low: 1), replica: replica)
                device.found("one of many", owner: owner, named: site.villain.name, now: now)
                return device
            }
            for start in stride(from: 0, to: devices.count, by: 500) {
                let parts = devices[start..<min(start + 500, devices.count)].flatMap { $0.request().documents }
                let request = SyncRequest(replica: replica, documents: parts)
                let answer = try await site.villain.sync(request.encoded(), at: site.stack)
                let statuses = try SyncResponse(decoding: answer?.body ?? []).documents.map(\.status)
                #expect(statuses.count == parts.count && statuses.allSatisfy { $0 == .ok })
            }
            let live = try await RawWebSocket.connected(to: site.stack, token: site.villain.token)
            for half in [devices[..<500], devices[500...]] { await live.follow(half.map(\.list)) }
            let arrivals = await live.arrivals(devices.count, within: .seconds(60))
            #expect(RawWebSocket.errors(arrivals) == ["too_many"], "of \(arrivals.count)")
            #expect(arrivals.count == devices.count)
        }

        @Test("Who follows 100,000 lists that there are not is told so of each, and holds nobody else up")
        func manyFollows() async throws {
            let live = try await RawWebSocket.connected(to: site.stack, token: site.villain.token)
            let ids = (0..<100_000).map { DocumentID(high: 9, low: UInt64($0)) }
            async let flood: Void = {
                for start in stride(from: 0, to: ids.count, by: 1_000) {
                    guard await live.follow(ids[start..<(start + 1_000)], within: .seconds(5)) else { return }
                }
            }()
            let arrivals = await live.arrivals(200, within: .seconds(30))
            #expect(RawWebSocket.errors(arrivals) == Array(repeating: "forbidden", count: arrivals.count))
            #expect(arrivals.count >= 200)
            let other = try await RawWebSocket.connected(to: site.stack, token: site.stranger.token)
            await other.follow([site.siege.list])
            #expect(await RawWebSocket.errors(other.arrivals(1)) == ["forbidden"])
            await flood
        }

        @Test("Who follows and never reads is given what fits, and then up; nobody else waits for it")
        func muteFollowers() async throws {
            var device = RawDevice(list: try #require(DocumentID(hex: try await site.villain.newList("Loud"))))
            var mutes: [RawWebSocket] = []
            for _ in 0..<20 {
                let live = try await RawWebSocket.connected(
                    to: site.stack, token: site.villain.token, receiveBytes: 4_096)
                await live.follow([device.list])
                mutes.append(live)
            }
            let note = String(repeating: "loud ", count: 2_000)
            for _ in 0..<12 {
                for _ in 0..<80 {
                    device.edit(
                        device.nextItem, [.set(.name, .string("x")), .set(.note, .string(note))],
                        now: currentMilliseconds())
                }
                let pushed = device.pending
                let answer = try await site.villain.sync(device.request().encoded(), at: site.stack)
                let part = try #require(try SyncResponse(decoding: answer?.body ?? []).documents.first)
                let isTaken = device.take(part, pushed: pushed)
                #expect(isTaken, "\(part.status)")
            }
            let peak = try #require(site.stack.vitals()["bridge"]?.peakBytes)
            #expect(peak < Vitals.residentBytesMax, "\(peak >> 20) MiB")
        }

        @Test("10,000 connections that say nothing keep nobody out, at gateway and bridge")
        func crowds() async throws {
            // A crowd would close the slow ones sooner, for those who have waited longest make room.
            _ = try await site.patience.value
            let places = [
                (site.stack.gatewayPort, RawHTTP.head("GET", "/"), 5_000),
                (site.stack.livePort, RawHTTP.head("GET", "/v1/live", RawWebSocket.upgrade), 2_000),
            ]
            for (port, bytes, limit) in places {
                let crowd = try await Crowd.gathered(10_000, at: port, saying: bytes)
                let head = RawHTTP.head("GET", "/v1/lists", ["Authorization: Bearer \(site.stranger.token)"])
                #expect(try await RawHTTP.send(head, to: site.stack).answers.first?.status == 200)
                let live = try await RawWebSocket.connected(to: site.stack, token: site.stranger.token)
                await live.say(#"{"unfollow":[]}"#)
                #expect(await live.arrivals(1).count == 1)
                // Sooner than those would be closed that may stay: for their silence.
                try await eventually(within: .seconds(8), "at most \(limit) stand") { crowd.standing() <= limit }
            }
        }

        @Test("Whoever is slow is waited for as long as is documented, and no longer")
        func patience() async throws {
            for (attack, time) in try await site.patience.value {
                let time = try #require(time, "\(attack) is not closed within \(attack.limit)")
                #expect(time > attack.limit / 2 && time < attack.limit + .seconds(10), "\(attack): \(time)")
            }
        }
    }
}
