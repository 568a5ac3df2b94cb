import Foundation
import GatewayAPI
import ListCRDT
import Messages
import Synchronization
import SyncProtocol
import TestSupport
import Testing

@Suite("The gateway over HTTP")
struct GatewayTests {
    @Test("Every refusal has one form, and every answer a trace")
    func refusals() async throws {
        try await GatewayHarness.run { gateway in
            let (token, _) = try await gateway.register("ada")
            let large = [UInt8](repeating: 0x20, count: (1 << 20) + 1)
            let answers: [(GatewayHarness.Answer, Int, String)] = [
                (try await gateway.send("GET", "/nowhere"), 404, "not_found"),
                (try await gateway.send("DELETE", "/v1/lists", token: token), 405, "method_not_allowed"),
                (try await gateway.send("GET", "/v1/lists"), 401, "unauthorized"),
                (try await gateway.send("GET", "/v1/lists", token: "nonsense"), 401, "unauthorized"),
                (try await gateway.send("POST", "/v1/lists", "{", token: token), 400, "malformed"),
                (try await gateway.send("POST", "/v1/lists", #"{"name":7}"#, token: token), 422, "invalid_field"),
                (try await gateway.send("POST", "/v1/lists", #"{"name":" "}"#, token: token), 422, "invalid_field"),
                (
                    try await gateway.send("POST", "/v1/lists", "{}", token: token, type: "text/plain"), 415,
                    "unsupported_media_type"
                ),
                (
                    try await gateway.send("POST", "/v1/sync", "{}", token: token, type: "text/plain"), 415,
                    "unsupported_media_type"
                ),
                (
                    try await gateway.send("POST", "/v1/sync", token: token, type: SyncFormat.mediaType, bytes: [9]),
                    400, "malformed"
                ),
                (try await gateway.send("POST", "/v1/lists", token: token, bytes: large), 413, "too_large"),
                (try await gateway.send("GET", "/v1/lists/xyz", token: token), 404, "list_not_found"),
                (
                    try await gateway.send("GET", "/v1/lists/\(DocumentID(high: 1, low: 1).hex)", token: token), 404,
                    "list_not_found"
                ),
                (try await gateway.send("GET", "/v1/endpoints"), 503, "unavailable"),
                (try await gateway.send("POST", "/v1/invitations/abc", token: token), 404, "invitation_not_found"),
            ]
            for (answer, status, code) in answers {
                #expect(answer.status == status, "\(code)")
                #expect(answer.code == code)
                #expect(answer.error["message"] is String)
                #expect(answer.error["retryable"] as? Bool == (status == 503))
                #expect(answer.headers["x-trace-id"]?.count == 16)
                #expect((answer.headers["retry-after"] != nil) == (status == 503))
            }
            #expect(answers[1].0.headers["allow"] == "GET, POST")
        }
    }

    @Test("Registering, logging in, refreshing, logging out")
    func accounts() async throws {
        try await GatewayHarness.run { gateway in
            let (token, user) = try await gateway.register("ada")
            let again = try await gateway.send("POST", "/v1/users", #"{"username":"Ada","password":"another horse"}"#)
            #expect(again.code == "username_taken")
            let weak = try await gateway.send("POST", "/v1/users", #"{"username":"bob","password":"short"}"#)
            #expect(weak.code == "weak_password")
            let wrong = try await gateway.send("POST", "/v1/sessions", #"{"username":"ada","password":"wrong"}"#)
            #expect(wrong.status == 401 && wrong.code == "wrong_credentials")
            let unknown = try await gateway.send("POST", "/v1/sessions", #"{"username":"eve","password":"wrong"}"#)
            #expect(unknown.code == "wrong_credentials")
            let session = try await gateway.send(
                "POST", "/v1/sessions", #"{"username":"ADA","password":"correct horse"}"#)
            #expect(session.status == 200)
            #expect((session.json["user"] as? [String: Any])?["id"] as? String == user.hex)
            let refresh = #"{"refreshToken":"\#(session.text("refreshToken"))"}"#
            let refreshed = try await gateway.send("POST", "/v1/sessions/refresh", refresh)
            #expect(refreshed.status == 200)
            #expect(try await gateway.send("POST", "/v1/sessions/refresh", refresh).code == "session_ended")
            #expect(try await gateway.send("DELETE", "/v1/sessions", token: token).status == 204)
        }
    }

    @Test("One of many who register the same name at once gets it")
    func concurrentRegistration() async throws {
        try await GatewayHarness.run { gateway in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<8 {
                    group.addTask {
                        let body = #"{"username":"ada","password":"password of \#(index)"}"#
                        return try await gateway.send("POST", "/v1/users", body).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [201] + Array(repeating: 409, count: 7))
        }
    }

    @Test("A list, its items in order, changed and removed")
    func lists() async throws {
        try await GatewayHarness.run { gateway in
            let (token, _) = try await gateway.register("ada")
            let made = try await gateway.send("POST", "/v1/lists", #"{"name":" Groceries "}"#, token: token)
            #expect(made.status == 201 && made.text("name") == "Groceries" && made.text("role") == "owner")
            let path = "/v1/lists/\(made.text("id"))"
            func add(_ body: String) async throws -> String {
                let answer = try await gateway.send("POST", "\(path)/items", body, token: token)
                #expect(answer.status == 201)
                return answer.text("id")
            }
            func names() async throws -> [String] {
                try await gateway.send("GET", path, token: token).array("items").compactMap { $0["name"] as? String }
            }
            let milk = try await add(#"{"name":"Milk","target":3,"note":"cold"}"#)
            let tea = try await add(#"{"name":"Tea"}"#)
            _ = try await add(#"{"name":"Bread","after":null}"#)
            _ = try await add(#"{"name":"Butter","after":"\#(milk)"}"#)
            #expect(try await names() == ["Bread", "Milk", "Butter", "Tea"])
            let moved = try await gateway.send("PATCH", "\(path)/items/\(tea)", #"{"after":null}"#, token: token)
            #expect(moved.status == 200)
            #expect(try await names() == ["Tea", "Bread", "Milk", "Butter"])
            let body = #"{"checked":true,"acquire":2,"note":null,"category":"dairy"}"#
            let changed = try await gateway.send("PATCH", "\(path)/items/\(milk)", body, token: token)
            #expect(changed.json["checked"] as? Bool == true)
            #expect(changed.json["quantity"] as? [String: Int] == ["target": 3, "acquired": 2, "remaining": 1])
            #expect(changed.json["note"] is NSNull)
            #expect(changed.text("category") == "dairy")
            #expect(changed.text("lastEditor") == "ada")
            #expect(try await gateway.send("DELETE", "\(path)/items/\(milk)", token: token).status == 204)
            #expect(try await gateway.send("DELETE", "\(path)/items/\(milk)", token: token).code == "item_not_found")
            let half = try await gateway.send("PATCH", "\(path)/items/\(tea)", #"{"acquire":1.5}"#, token: token)
            #expect(half.code == "invalid_field" && (half.error["message"] as? String)?.contains("`acquire`") == true)
            let long = #"{"name":"\#(String(repeating: "x", count: 501))"}"#
            #expect(try await gateway.send("POST", "\(path)/items", long, token: token).code == "limit_exceeded")
            let summary = try #require(try await gateway.send("GET", "/v1/lists", token: token).array("lists").first)
            #expect(summary["itemCount"] as? Int == 3)
            #expect(try await gateway.send("DELETE", path, token: token).status == 204)
            #expect(try await gateway.send("GET", path, token: token).json["trashed"] as? Bool == true)
        }
    }

    @Test("Ten who take one each at the same time have taken ten")
    func concurrentTaking() async throws {
        try await GatewayHarness.run { gateway in
            let (token, _) = try await gateway.register("ada")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: token).text("id")
            let items = "/v1/lists/\(list)/items"
            let item = try await gateway.send("POST", items, #"{"name":"Eggs","target":12}"#, token: token).text("id")
            try await withThrowingTaskGroup { group in
                for _ in 0..<10 {
                    group.addTask {
                        _ = try await gateway.send("PATCH", "\(items)/\(item)", #"{"acquire":1}"#, token: token)
                    }
                }
                try await group.waitForAll()
            }
            let shown = try await gateway.send("GET", "/v1/lists/\(list)", token: token).array("items").first
            #expect((shown?["quantity"] as? [String: Int])?["acquired"] == 10)
        }
    }

    @Test("What was taken after an unconfirmed write adds to it, should that turn out to have happened")
    func takingAfterSilence() async throws {
        try await GatewayHarness.run { gateway in
            let (token, _) = try await gateway.register("ada")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: token).text("id")
            let items = "/v1/lists/\(list)/items"
            let item = try await gateway.send("POST", items, #"{"name":"Eggs","target":12}"#, token: token).text("id")
            let id = try #require(DocumentID(hex: list))
            gateway.ring.isWritable(id, false)
            let lost = try await gateway.send("PATCH", "\(items)/\(item)", #"{"acquire":1}"#, token: token)
            #expect(lost.status == 503 && lost.code == "not_confirmed")
            gateway.ring.isWritable(id, true)
            _ = try await gateway.send("PATCH", "\(items)/\(item)", #"{"acquire":1}"#, token: token)
            let late = try #require(gateway.ring.submissions.dropLast().last)
            #expect(await gateway.ring.write(late).first?.status == .committed)
            let shown = try await gateway.send("GET", "/v1/lists/\(list)", token: token).array("items").first
            #expect((shown?["quantity"] as? [String: Int])?["acquired"] == 2)
        }
    }

    @Test("Sharing: roles are kept, shelves follow, the last owner stays")
    func sharing() async throws {
        try await GatewayHarness.run { gateway in
            let (ada, adaID) = try await gateway.register("ada")
            let (bob, bobID) = try await gateway.register("bob")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: ada).text("id")
            let path = "/v1/lists/\(list)"
            #expect(try await gateway.send("GET", path, token: bob).code == "forbidden")
            let invited = try await gateway.send("POST", "\(path)/invitations", #"{"role":"viewer"}"#, token: ada)
            #expect(invited.text("url") == "http://larder.test/join/\(invited.text("token"))")
            let accept = "/v1/invitations/\(invited.text("token"))"
            #expect(try await gateway.send("POST", accept, token: bob).text("role") == "viewer")
            #expect(try await gateway.send("GET", "/v1/lists", token: bob).array("lists").count == 1)
            let item = #"{"name":"Milk"}"#
            #expect(try await gateway.send("POST", "\(path)/items", item, token: bob).code == "forbidden")
            let editor = #"{"role":"editor"}"#
            #expect(
                try await gateway.send("PUT", "\(path)/members/\(bobID.hex)", editor, token: bob).code == "forbidden")
            let members = try await gateway.send("PUT", "\(path)/members/\(bobID.hex)", editor, token: ada)
            #expect(members.array("members").compactMap { $0["role"] as? String }.sorted() == ["editor", "owner"])
            #expect(try await gateway.send("POST", "\(path)/items", item, token: bob).status == 201)
            #expect(try await gateway.send("POST", accept, token: bob).text("role") == "editor", "never lowered")
            #expect(try await gateway.send("POST", accept, token: ada).text("role") == "owner")
            #expect(try await gateway.send("DELETE", "\(path)/members/\(adaID.hex)", token: ada).code == "last_owner")
            #expect(try await gateway.send("PATCH", path, #"{"trashed":true}"#, token: bob).code == "forbidden")
            #expect(try await gateway.send("DELETE", "\(path)/members/\(bobID.hex)", token: ada).status == 204)
            #expect(try await gateway.send("GET", "/v1/lists", token: bob).array("lists").isEmpty)
            #expect(try await gateway.send("GET", path, token: bob).code == "forbidden")
            #expect(gateway.errands.jobs.withLock { $0.count } >= 4, "each promise is a job")
        }
    }

    @Test("The history tells who did what, newest first")
    func history() async throws {
        try await GatewayHarness.run { gateway in
            let (token, _) = try await gateway.register("ada")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: token).text("id")
            let items = "/v1/lists/\(list)/items"
            let item = try await gateway.send("POST", items, #"{"name":"Milk","target":2}"#, token: token).text("id")
            for change in [#"{"name":"Oat milk"}"#, #"{"acquire":1}"#] {
                _ = try await gateway.send("PATCH", "\(items)/\(item)", change, token: token)
            }
            _ = try await gateway.send("DELETE", "\(items)/\(item)", token: token)
            let answer = try await gateway.send("GET", "/v1/lists/\(list)/history", token: token)
            let words = answer.array("changes").map { change in
                let item = (change["item"] as? [String: Any])?["name"] ?? "-"
                let words = ["by", "item", "field", "from", "to"].map { $0 == "item" ? item : change[$0] ?? "" }
                return words.map { "\($0)" }.joined(separator: " ").replacingOccurrences(of: "<null>", with: "-")
            }
            #expect(
                words.prefix(3) == [
                    "ada Oat milk removed Oat milk -", "ada Oat milk acquired 0 1", "ada Oat milk name Milk Oat milk",
                ])
            #expect(words.contains("ada - name - Groceries"))
            #expect(words.contains("ada ada role - 1"))
            let limited = try await gateway.send("GET", "/v1/lists/\(list)/history?limit=1", token: token)
            #expect(limited.array("changes").count == 1)
            let pen = try #require(gateway.ring.submissions.last?.replica.hex)
            #expect(answer.array("changes").allSatisfy { $0["replica"] as? String == pen })
            #expect(
                try await gateway.send("GET", "/v1/lists/\(list)/history?limit=0", token: token).code == "invalid_field"
            )
        }
    }

    @Test("The history of one item leaves out what was done to others, however much that was")
    func historyOfItem() async throws {
        try await GatewayHarness.run { gateway in
            let (token, user) = try await gateway.register("ada")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: token).text("id")
            let items = "/v1/lists/\(list)/items"
            let milk = try await gateway.send("POST", items, #"{"name":"Milk"}"#, token: token).text("id")
            let tea = try await gateway.send("POST", items, #"{"name":"Tea"}"#, token: token).text("id")
            for name in ["Green tea", "Black tea"] {
                _ = try await gateway.send("PATCH", "\(items)/\(tea)", #"{"name":"\#(name)"}"#, token: token)
            }
            func fields(_ query: String) async throws -> [String] {
                let answer = try await gateway.send("GET", "/v1/lists/\(list)/history?\(query)", token: token)
                return answer.array("changes").compactMap { $0["field"] as? String }
            }
            #expect(try await fields("limit=2&item=\(milk)") == ["name", "position"])
            #expect(try await fields("limit=2&item=\(tea)") == ["name", "name"])
            #expect(try await fields("item=\(user.hex)") == ["role"])
            #expect(try await fields("item=\(DocumentID(high: 1, low: 1).hex)").isEmpty)
            let wrong = try await gateway.send("GET", "/v1/lists/\(list)/history?item=milk", token: token)
            #expect(wrong.status == 422 && wrong.code == "invalid_field")
        }
    }

    @Test("A unit is set, changed and taken away like any text, and has its limit")
    func units() async throws {
        try await GatewayHarness.run { gateway in
            let (token, _) = try await gateway.register("ada")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: token).text("id")
            let items = "/v1/lists/\(list)/items"
            let apples = #"{"name":"Apples","target":2,"unit":"kg"}"#
            let made = try await gateway.send("POST", items, apples, token: token)
            #expect(made.status == 201 && made.text("unit") == "kg")
            let item = "\(items)/\(made.text("id"))"
            #expect(try await gateway.send("PATCH", item, #"{"unit":"bags"}"#, token: token).text("unit") == "bags")
            let shown = try await gateway.send("GET", "/v1/lists/\(list)", token: token).array("items").first
            #expect(shown?["unit"] as? String == "bags")
            let none = try await gateway.send("PATCH", item, #"{"unit":null}"#, token: token)
            #expect(none.status == 200 && none.json["unit"] is NSNull)
            let changes = try await gateway.send("GET", "/v1/lists/\(list)/history", token: token).array("changes")
            #expect(changes.prefix(2).map { $0["field"] as? String } == ["unit", "unit"])
            #expect(changes.first?["from"] as? String == "bags" && changes.first?["to"] is NSNull)
            for (length, status) in [(40, 200), (41, 422)] {
                let long = String(repeating: "é", count: length)
                let answer = try await gateway.send("PATCH", item, #"{"unit":"\#(long)"}"#, token: token)
                #expect(answer.status == status && (status == 200 || answer.code == "limit_exceeded"))
            }
        }
    }

    @Test("Sync in both forms is one; when no document comes through it is a 503 as a whole")
    func sync() async throws {
        try await GatewayHarness.run { gateway in
            let (token, user) = try await gateway.register("ada")
            var device = Device(Caller(user: user, username: "ada"), replica: 77)
            let id = DocumentID(high: 6, low: 6)
            device.found(id, now: 1)
            let request = device.request([id])
            gateway.ring.isWritable(id, false)
            let binary = {
                try await gateway.send(
                    "POST", "/v1/sync", token: token, type: SyncFormat.mediaType, bytes: request.encoded())
            }
            let lost = try await binary()
            #expect(lost.status == 503 && lost.code == "not_confirmed" && lost.headers["retry-after"] == "1")
            gateway.ring.isWritable(id, true)
            let saved = try SyncResponse(decoding: [UInt8](try await binary().body))
            #expect(saved.documents.map(\.status) == [.ok])
            let none = Data(Context().encoded()).base64EncodedString()
            let wanted = #"{"id":"\#(id.hex)","kind":"list","context":"\#(none)"}"#
            let ask = #"{"replica":"\#(device.replica.hex)","documents":[\#(wanted)]}"#
            let asked = try await gateway.send("POST", "/v1/sync", ask, token: token)
            let part = try #require(asked.array("documents").first)
            #expect(part["status"] as? String == "ok")
            #expect(part["context"] as? String == Data(saved.documents[0].context.encoded()).base64EncodedString())
            let delta = try #require((part["delta"] as? String).flatMap { Data(base64Encoded: $0) })
            var copy = Document(kind: .list)
            copy.merge(try Delta(decoding: [UInt8](delta)))
            #expect(copy == device.documents[id])
            let nothing = try await gateway.send(
                "POST", "/v1/sync", #"{"replica":"\#(device.replica.hex)","documents":[]}"#, token: token)
            #expect(nothing.status == 200)
        }
    }
}
