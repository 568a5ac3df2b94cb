internal import TestSupport

/// A registered person at the HTTP API.
package struct Person: Sendable {
    package let name: String
    /// The id of their account.
    package let user: String
    package let token: String
    package let address: String

    package static func registered(_ name: String, at stack: Stack) async throws -> Person {
        let answer = try await HTTP.send(
            "POST", "\(stack.address)/v1/users", json: ["username": name, "password": "a password of \(name)"])
        guard answer.status == 201, let token = answer.json["accessToken"] as? String,
            let user = (answer.json["user"] as? [String: Any])?["id"] as? String
        else { throw TestSupportError("\(name) is not registered: \(answer.status) \(answer.json)") }
        return Person(name: name, user: user, token: token, address: stack.address)
    }

    package func send(_ method: String, _ path: String, _ json: [String: any Sendable]? = nil) async throws
        -> HTTP.Answer
    {
        try await HTTP.send(method, address + path, token: token, json: json)
    }

    package func newList(_ name: String) async throws -> String {
        let answer = try await send("POST", "/v1/lists", ["name": name])
        guard let id = answer.json["id"] as? String else {
            throw TestSupportError("no list \(name): \(answer.status) \(answer.json)")
        }
        return id
    }

    package func add(_ item: String, to list: String) async throws -> HTTP.Answer {
        try await send("POST", "/v1/lists/\(list)/items", ["name": item])
    }

    /// The names of a list's items, as the server has them.
    package func items(of list: String) async throws -> [String] {
        let answer = try await send("GET", "/v1/lists/\(list)")
        guard answer.status == 200, let items = answer.json["items"] as? [[String: Any]] else {
            throw TestSupportError("list \(list) was not read: \(answer.status) \(answer.json)")
        }
        return items.compactMap { $0["name"] as? String }
    }
}
