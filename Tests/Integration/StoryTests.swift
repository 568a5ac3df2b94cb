import Foundation
import TestStack
import TestSupport
import Testing

extension Stack {
    /// Registers a person on a device of their own.
    func register(_ person: String) async throws {
        let result = try await larder(
            "register", person, as: person, environment: ["LARDER_PASSWORD": "a password of \(person)"])
        #expect(result.status == 0, "\(result.errors)")
    }

    /// The names of a list's items as a person's device has them, checked ones marked.
    func items(of list: String, as person: String) async throws -> Set<String> {
        let lines = try await larder("show", list, as: person).output.split(separator: "\n")
        return Set(
            lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.hasPrefix("○") || $0.hasPrefix("✓") })
    }

    /// Ana and Bob share a list of hers.
    func sharedList(_ name: String) async throws {
        try await register("ana")
        try await register("bob")
        try await larder("new", name, as: "ana")
        let invitation = try await larder("share", name, "--role", "editor", "--json", as: "ana")
        let token = try #require(
            (try JSONSerialization.jsonObject(with: Data(invitation.output.utf8)) as? [String: Any])?["token"]
                as? String)
        let joined = try await larder("join", token, as: "bob")
        #expect(joined.status == 0, "\(joined.errors)")
        for letter in ["h", "A", "-"] {
            let refused = try await larder("join", "-\(letter)" + String(repeating: "A", count: 41), as: "bob")
            #expect(
                refused.status == 1 && !refused.output.contains("USAGE"), "a token may begin with a dash: \(refused)")
        }
    }

    /// Exchanges everything, until nothing of anybody waits.
    func settle(_ people: String...) async throws {
        for person in people + people {
            try await eventually(within: .seconds(60), "\(person) is in sync") {
                try await self.larder("sync", as: person).status == 0
            }
        }
    }
}

extension Integration {
    @Suite("Two people and a list")
    struct StoryTests {
        @Test("Edits made together, while the servers are down, and at once: both see all of them, nothing is lost")
        func share() async throws {
            try await Stack.run { stack in
                try await stack.sharedList("Groceries")
                try await stack.larder("add", "Groceries", "milk", "bread", as: "ana")
                try await stack.settle("bob")
                #expect(try await stack.items(of: "Groceries", as: "bob") == ["○ milk", "○ bread"])
                try await stack.larder("add", "Groceries", "flour", "--target", "2", "--unit", "kg", as: "ana")
                try await stack.settle("bob")
                #expect(try await stack.items(of: "Groceries", as: "bob").contains("○ flour (0 of 2 kg)"))
                try await stack.larder("rm", "Groceries", "flour", as: "bob")

                try await stack.end("gateway", SIGTERM)
                let offline = try await stack.larder("add", "Groceries", "eggs", as: "ana")
                #expect(offline.status == 0)
                #expect(offline.output.contains("waiting for the server"))
                try await stack.larder("check", "Groceries", "milk", as: "bob")
                #expect(try await stack.larder("sync", as: "bob").status == 75)
                try stack.start("gateway")
                try await stack.awaitReady("gateway")
                try await stack.settle("ana", "bob")

                async let first = stack.larder("add", "Groceries", "apples", as: "ana")
                async let second = stack.larder("add", "Groceries", "pears", as: "bob")
                _ = try await (first, second)
                try await stack.settle("ana", "bob")
                let expected: Set = ["✓ milk", "○ bread", "○ eggs", "○ apples", "○ pears"]
                #expect(try await stack.items(of: "Groceries", as: "ana") == expected)
                #expect(try await stack.items(of: "Groceries", as: "bob") == expected)
                let verified = try await stack.larder("shards", "verify")
                #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
            }
        }

        @Test("larder watch shows the other person's edit as it happens")
        func watch() async throws {
            try await Stack.run { stack in
                try await stack.sharedList("Groceries")
                try await stack.larder("add", "Groceries", "milk", as: "ana")
                try await stack.settle("bob")
                let log = stack.directory.file("watch.log")
                let data = stack.directory.file("data-bob").path
                let watch = try ChildProcess(
                    ["/usr/bin/env", "LARDER_DATA=\(data)", Programs.path("larder"), "watch", "Groceries"], log: log)
                let seen = { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
                // It follows from some moment on: an edit after that is shown.
                try await eventually(within: .seconds(30), "an edit is shown: \(seen())") {
                    try await stack.larder("check", "Groceries", "milk", as: "ana")
                    try await stack.larder("uncheck", "Groceries", "milk", as: "ana")
                    return seen().contains("ana  milk: ")
                }
                try await watch.end(SIGTERM)
            }
        }

        @Test(
            "Baskets are imported, all are acknowledged, and every document stands on three shards, byte for byte the same"
        )
        func importBaskets() async throws {
            try await Stack.run { stack in
                try await stack.register("ana")
                let file = try Baskets.file(in: stack.directory)
                let imported = try await stack.larder("import", file.path, as: "ana")
                #expect(imported.status == 0, "\(imported.errors)")
                let verified = try await stack.larder("shards", "verify", "--wait", "30")
                #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
                // The lists, the shelf and the account.
                let count = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count + 2
                #expect(verified.output.contains("byte-identical on all homes  \(count)"), "\(verified.output)")
                let again = try await stack.larder("import", file.path, as: "ana")
                #expect(again.status == 0)
                #expect(
                    try await stack.larder("shards", "verify").output.contains("documents                    \(count)"))
            }
        }

        @Test("The streams tell, by a trace id, a request's way from gateway to shards and back")
        func trace() async throws {
            try await Stack.run { stack in
                try await stack.register("ana")
                try await stack.larder("new", "Groceries", as: "ana")
                try await stack.larder("add", "Groceries", "a rare cheese", as: "ana")
                let changes = try await stack.larder("tail", "--past", "--stream", "larder:changes").output
                let line = try #require(changes.split(separator: "\n").last { $0.contains("a rare cheese") })
                let trace = try #require(line.split(separator: " ").last)
                let way = try await stack.larder("tail", "--past", "--trace", String(trace)).output
                for step in [
                    "write: 1 operation", "apply: 1 operation", "applied: committed", "written: committed",
                    "saved: committed",
                ] {
                    #expect(way.contains(step), "\(way)")
                }
                #expect(way.split(separator: "\n").count { $0.contains("apply:") } == 3)
            }
        }
    }
}

/// Real baskets from the file that `LARDER_BASKETS` names; without it, made-up ones.
enum Baskets {
    static func file(in directory: TemporaryDirectory) throws -> URL {
        if let named = ProcessInfo.processInfo.environment["LARDER_BASKETS"] { return URL(filePath: named) }
        let goods = ["milk", "bread", "eggs", "apples", "coffee", "rice", "soap", "salt"]
        let lines = (0..<500).map { number in
            (0...(number % goods.count)).map { goods[(number + $0 * 3) % goods.count] }.joined(separator: ",")
        }
        let file = directory.file("baskets.csv")
        try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
        return file
    }
}

/// All of Larder in its own processes. One after the other: each starts a dozen of them.
@Suite("Integration", .serialized)
struct Integration {}
