import Foundation
import TestStack
import TestSupport
import Testing

extension Integration {
    @Suite("Accounts and roles, over all services")
    struct AccessTests {
        private func account(_ stack: Stack, _ name: String, _ method: String = "users") async throws -> HTTP.Answer {
            try await HTTP.send(
                "POST", "\(stack.address)/v1/\(method)", json: ["username": name, "password": "a password of \(name)"])
        }

        @Test("Of many who register one name at once, one gets it")
        func uniqueNames() async throws {
            try await Stack.run { stack in
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<8 { group.addTask { try await account(stack, "ana").status } }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses.count { $0 == 201 } == 1, "\(statuses)")
                #expect(statuses.allSatisfy { [201, 409, 429, 503].contains($0) }, "\(statuses)")
                #expect(try await account(stack, "ana", "sessions").status == 200)
                #expect(try await account(stack, "nobody", "sessions").errorCode == "wrong_credentials")
            }
        }

        @Test("A refresh token works once; its second use ends the session")
        func refresh() async throws {
            try await Stack.run { stack in
                let first = try #require(try await account(stack, "ana").json["refreshToken"] as? String)
                let address = "\(stack.address)/v1/sessions/refresh"
                let second = try await HTTP.send("POST", address, json: ["refreshToken": first])
                #expect(second.status == 200)
                #expect(try await HTTP.send("POST", address, json: ["refreshToken": first]).status == 401)
                let rotated = try #require(second.json["refreshToken"] as? String)
                #expect(try await HTTP.send("POST", address, json: ["refreshToken": rotated]).status == 401)
            }
        }

        @Test("Strangers see nothing, viewers change nothing, a revoked editor's edits are refused")
        func roles() async throws {
            try await Stack.run { stack in
                var tokens: [String: String] = [:]
                var users: [String: String] = [:]
                for name in ["ana", "bob", "carl"] {
                    let json = try await account(stack, name).json
                    tokens[name] = json["accessToken"] as? String
                    users[name] = (json["user"] as? [String: Any])?["id"] as? String
                }
                func send(_ name: String, _ method: String, _ path: String, _ json: [String: any Sendable]? = nil)
                    async throws -> HTTP.Answer
                {
                    try await HTTP.send(method, stack.address + "/v1/" + path, token: tokens[name], json: json)
                }
                let list = try #require(
                    try await send("ana", "POST", "lists", ["name": "Groceries"]).json["id"] as? String)
                #expect(try await send("carl", "GET", "lists/\(list)").status == 403)
                for (name, role) in [("bob", "editor"), ("carl", "viewer")] {
                    let token = try #require(
                        try await send("ana", "POST", "lists/\(list)/invitations", ["role": role]).json["token"]
                            as? String)
                    #expect(try await send(name, "POST", "invitations/\(token)").status == 200)
                }
                #expect(try await send("carl", "GET", "lists/\(list)").status == 200)
                #expect(try await send("carl", "POST", "lists/\(list)/items", ["name": "milk"]).status == 403)
                #expect(try await send("bob", "POST", "lists/\(list)/items", ["name": "milk"]).status == 201)
                #expect(try await send("bob", "POST", "lists/\(list)/invitations", ["role": "editor"]).status == 403)
                let bob = try #require(users["bob"])
                #expect(try await send("ana", "DELETE", "lists/\(list)/members/\(bob)").status == 204)
                try await eventually(within: .seconds(5), "the revoked editor is refused") {
                    try await send("bob", "POST", "lists/\(list)/items", ["name": "bread"]).status == 403
                }
            }
        }
    }
}
