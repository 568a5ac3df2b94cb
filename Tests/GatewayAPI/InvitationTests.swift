import Foundation
import GatewayAPI
import TestSupport
import Testing

@Suite("Invitations")
struct InvitationTests {
    private func seconds(_ answer: GatewayHarness.Answer) throws -> Double {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return try Date(answer.text("expiresAt"), strategy: style).timeIntervalSinceNow
    }

    @Test("One is good for as long as its maker says, within bounds, or else for a week")
    func expiry() async throws {
        try await GatewayHarness.run { gateway in
            let (ada, _) = try await gateway.register("ada")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: ada).text("id")
            let path = "/v1/lists/\(list)/invitations"
            let usual = try await gateway.send("POST", path, #"{"role":"editor"}"#, token: ada)
            #expect(abs(try seconds(usual) - 604_800) < 30)
            for wanted in [60, 3_600, 2_678_400] {
                let body = #"{"role":"viewer","expiresInSeconds":\#(wanted)}"#
                let answer = try await gateway.send("POST", path, body, token: ada)
                #expect(answer.status == 201)
                #expect(abs(try seconds(answer) - Double(wanted)) < 30)
            }
            for wanted in ["59", "2678401", "-1", "0", "null", "\"60\"", "1e30", "9223372036854775808"] {
                let body = #"{"role":"viewer","expiresInSeconds":\#(wanted)}"#
                let answer = try await gateway.send("POST", path, body, token: ada)
                #expect(answer.status == 422 && answer.code == "invalid_field", "\(wanted)")
            }
        }
    }

    @Test("An owner revokes one by its id: nobody can accept it any more, who did stays, others are as they were")
    func revocation() async throws {
        try await GatewayHarness.run { gateway in
            let (ada, _) = try await gateway.register("ada")
            let (bob, _) = try await gateway.register("bob")
            let (eve, _) = try await gateway.register("eve")
            let list = try await gateway.send("POST", "/v1/lists", #"{"name":"Groceries"}"#, token: ada).text("id")
            let path = "/v1/lists/\(list)"
            func invite() async throws -> GatewayHarness.Answer {
                try await gateway.send("POST", "\(path)/invitations", #"{"role":"editor"}"#, token: ada)
            }
            let (first, second) = (try await invite(), try await invite())
            let accepted = try await gateway.send("POST", "/v1/invitations/\(first.text("token"))", token: bob)
            #expect(accepted.text("role") == "editor")
            let member = "\(path)/members/\(first.text("id"))"
            #expect(try await gateway.send("DELETE", member, token: bob).code == "forbidden")
            #expect(try await gateway.send("DELETE", member, token: ada).status == 204)
            let late = try await gateway.send("POST", "/v1/invitations/\(first.text("token"))", token: eve)
            #expect(late.status == 404 && late.code == "invitation_not_found")
            #expect(try await gateway.send("GET", path, token: bob).text("role") == "editor")
            let open = try await gateway.send("GET", "\(path)/members", token: ada).array("invitations")
            #expect(open.map { $0["id"] as? String } == [second.text("id")])
            let other = try await gateway.send("POST", "/v1/invitations/\(second.text("token"))", token: eve)
            #expect(other.text("role") == "editor")
        }
    }
}
