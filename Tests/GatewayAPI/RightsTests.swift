import Accounts
import GatewayAPI
import ListCRDT
import Messages
import Testing

@Suite("What nobody can take from others, or take back")
struct RightsTests {
    @Test("An old invitation does not bring back who was removed or demoted")
    func invitationsEnd() async throws {
        try await GatewayHarness.run { gateway in
            let (ada, _) = try await gateway.register("ada")
            let (bob, bobID) = try await gateway.register("bob")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: ada).text("id")
            let path = "/v1/lists/\(list)"
            let member = "\(path)/members/\(bobID.hex)"
            func invitation() async throws -> String {
                let body = #"{"role":"editor"}"#
                let answer = try await gateway.send("POST", "\(path)/invitations", body, token: ada)
                return "/v1/invitations/\(answer.text("token"))"
            }
            let (first, second) = (try await invitation(), try await invitation())
            #expect(try await gateway.send("POST", first, token: bob).text("role") == "editor")
            #expect(try await gateway.send("DELETE", member, token: ada).status == 204)
            for old in [first, second] {
                #expect(try await gateway.send("POST", old, token: bob).code == "invitation_not_found")
            }
            let third = try await invitation()
            #expect(try await gateway.send("POST", third, token: bob).text("role") == "editor")
            #expect(try await gateway.send("PUT", member, #"{"role":"viewer"}"#, token: ada).status == 200)
            #expect(try await gateway.send("POST", third, token: bob).code == "invitation_not_found")
            let fourth = try await invitation()
            #expect(try await gateway.send("DELETE", member, token: bob).status == 204)
            #expect(
                try await gateway.send("POST", fourth, token: bob).text("role") == "editor",
                "whoever leaves by themselves ends nothing")
        }
    }

    @Test("No list is made at the id of an account or a shelf")
    func derivedIDs() async throws {
        try await GatewayHarness.run { gateway in
            let (ada, adaID) = try await gateway.register("ada")
            let ids = [DocumentID.accountDocument(try Username("eve")), .shelfDocument(adaID)]
            for id in ids {
                let body = #"{"name":"Mine","id":"\#(id.hex)"}"#
                let answer = try await gateway.send("POST", "/v1/lists", body, token: ada)
                #expect(answer.status == 422 && answer.code == "invalid_field")
            }
        }
    }

    @Test("Dots of the gateway's replica that are used up already do not swallow its edits")
    func usedDots() async throws {
        try await GatewayHarness.run { gateway in
            let (ada, adaID) = try await gateway.register("ada")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: ada).text("id")
            let id = try #require(DocumentID(hex: list))
            let founding = gateway.ring.submissions.first { $0.writes.contains { $0.document == id } }
            let pen = try #require(founding?.replica)
            var used = Context()
            used.insert(pen, 3...1_000)
            let delta = Delta(
                kind: .list, key: EntryKey(.members, UserID(high: 9, low: 9)), EntryDelta(covered: used))
            let burning = Submission(
                author: adaID, username: "ada", replica: pen, trace: 0,
                writes: [.init(document: id, delta: delta)])
            #expect(await gateway.ring.write(burning).first?.status == .committed)
            let items = "/v1/lists/\(list)/items"
            let milk = try await gateway.send("POST", items, #"{"name":"Milk"}"#, token: ada)
            #expect(milk.status == 201 && milk.text("name") == "Milk")
            let shown = try await gateway.send("GET", "/v1/lists/\(list)", token: ada)
            #expect(shown.array("items").count == 1)
        }
    }
}
