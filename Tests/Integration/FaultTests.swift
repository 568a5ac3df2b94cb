import Foundation
import TestStack
import TestSupport
import Testing

extension Integration {
    @Suite("What fails, and what goes on")
    struct FaultTests {
        /// A list has three homes of five: that of so many none has the two that are killed happens once in 5,000 times.
        static let lists = 0..<24

        @Test(
            "With one of five workers killed all goes on; with two, the lists that lost two homes answer 503 and the others do not notice"
        )
        func killedWorkers() async throws {
            try await Stack.run { stack in
                let ana = try await Person.registered("ana", at: stack)
                var lists: [String] = []
                for number in Self.lists { lists.append(try await ana.newList("list \(number)")) }
                try await stack.end("storage-replica-1", SIGKILL)
                for list in lists { #expect(try await ana.add("with one gone", to: list).status == 201) }

                try await stack.end("storage-replica-2", SIGKILL)
                var answers: [String: HTTP.Answer] = [:]
                for list in lists { answers[list] = try await ana.add("with two gone", to: list) }
                let refused = lists.filter { answers[$0]?.status == 503 }
                let taken = lists.filter { answers[$0]?.status == 201 }
                #expect(refused.count + taken.count == lists.count)
                #expect(!refused.isEmpty && !taken.isEmpty, "refused \(refused.count), taken \(taken.count)")
                for list in refused {
                    #expect(answers[list]?.errorCode == "not_confirmed")
                    #expect(answers[list]?.headers["retry-after"] != nil)
                }

                for name in ["storage-replica-1", "storage-replica-2"] { try stack.start(name) }
                for name in ["storage-replica-1", "storage-replica-2"] { try await stack.awaitReady(name) }
                let status = try await stack.larder("ring", "status").output
                #expect(!status.contains("nobody"), "\(status)")
                for list in lists {
                    try await eventually(within: .seconds(20), "the list is writable again") {
                        try await ana.add("all back", to: list).status == 201
                    }
                    let items = try await ana.items(of: list)
                    #expect(items.contains("with one gone") && items.contains("all back"))
                    if taken.contains(list) { #expect(items.contains("with two gone")) }
                }
            }
        }

        @Test("What a device kept while two homes were down its next sync delivers")
        func deviceDelivers() async throws {
            try await Stack.run { stack in
                try await stack.register("ana")
                for number in Self.lists { try await stack.larder("new", "list \(number)", as: "ana") }
                for name in ["storage-replica-3", "storage-replica-4"] { try await stack.end(name, SIGKILL) }
                for number in Self.lists {
                    #expect(try await stack.larder("add", "list \(number)", "kept", as: "ana").status == 0)
                }
                #expect(try await stack.larder("sync", as: "ana").status == 75)
                for name in ["storage-replica-3", "storage-replica-4"] { try stack.start(name) }
                for name in ["storage-replica-3", "storage-replica-4"] { try await stack.awaitReady(name) }
                try await stack.settle("ana")
                #expect(try await stack.larder("status", as: "ana").output.contains("nothing waits"))
            }
        }

        @Test("Redis killed and restarted: every service recovers by itself, and what was acknowledged is there")
        func redisRestarted() async throws {
            try await Stack.run { stack in
                let ana = try await Person.registered("ana", at: stack)
                let list = try await ana.newList("Groceries")
                #expect(try await ana.add("before", to: list).status == 201)
                try await stack.redis.kill()
                #expect(try await ana.add("meanwhile", to: list).status == 503)
                try await stack.redis.start()
                try await eventually(within: .seconds(40), "a write is acknowledged again") {
                    try await ana.add("after", to: list).status == 201
                }
                for name in stack.layout.services { try await stack.awaitReady(name) }
                let items = try await ana.items(of: list)
                #expect(items.contains("before") && items.contains("after"))
            }
        }

        @Test("Redis loses all its data: the placement comes back from the shards, and what was acknowledged is there")
        func redisEmptied() async throws {
            try await Stack.run { stack in
                let ana = try await Person.registered("ana", at: stack)
                let list = try await ana.newList("Groceries")
                #expect(try await ana.add("before", to: list).status == 201)
                try await stack.redis.kill()
                try stack.redis.forgetData()
                try await stack.redis.start()
                try await eventually(within: .seconds(40), "a write is acknowledged again") {
                    try await ana.add("after", to: list).status == 201
                }
                try await eventually(within: .seconds(20), "what was acknowledged is read") {
                    let items = (try? await ana.items(of: list)) ?? []
                    return items.contains("before") && items.contains("after")
                }
                try await eventually(within: .seconds(20), "a shard has put the placement back") {
                    try await stack.larder("ring", "status").output.contains("epoch 1, 5 shards")
                }
            }
        }

        @Test("Postgres killed and restarted: every shard recovers by itself, and what was acknowledged is there")
        func postgresRestarted() async throws {
            try await Stack.run { stack in
                let ana = try await Person.registered("ana", at: stack)
                let list = try await ana.newList("Groceries")
                #expect(try await ana.add("before", to: list).status == 201)
                try await stack.postgres.kill()
                #expect(try await ana.add("meanwhile", to: list).status == 503)
                try await stack.postgres.start()
                try await eventually(within: .seconds(40), "a write is acknowledged again") {
                    try await ana.add("after", to: list).status == 201
                }
                let items = try await ana.items(of: list)
                #expect(items.contains("before") && items.contains("after"))
            }
        }

        @Test("A worker that was stopped past its lease answers nothing old, and its shard has one owner")
        func stoppedWorker() async throws {
            try await Stack.run { stack in
                let ana = try await Person.registered("ana", at: stack)
                let list = try await ana.newList("Groceries")
                stack.signal("storage-replica-1", SIGSTOP)
                for number in 0..<5 { #expect(try await ana.add("item \(number)", to: list).status == 201) }
                try await eventually(within: .seconds(20), "its lease runs out") {
                    try await stack.larder("ring", "status").output.contains("nobody")
                }
                #expect(try await ana.add("item 5", to: list).status == 201)
                stack.signal("storage-replica-1", SIGCONT)
                try await eventually(within: .seconds(20), "its shard is owned again") {
                    let status = try await stack.larder("ring", "status")
                    return status.status == 0 && !status.output.contains("nobody")
                }
                #expect(try await ana.items(of: list).count == 6)
            }
        }

        @Test("SIGTERM stops every service in time, and what was accepted is finished")
        func gracefulStop() async throws {
            try await Stack.run { stack in
                let ana = try await Person.registered("ana", at: stack)
                let list = try await ana.newList("Groceries")
                let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<40 {
                        group.addTask { try await ana.add("item \(number)", to: list).status == 201 }
                    }
                    // The first answer is there: the others are on their way.
                    var count = try await group.next() == true ? 1 : 0
                    try await stack.end("sync-batcher", SIGTERM)
                    try stack.start("sync-batcher")
                    for try await isAccepted in group where isAccepted { count += 1 }
                    return count
                }
                #expect(try await ana.items(of: list).count >= accepted)
                for name in stack.layout.others + stack.layout.replicas {
                    try await stack.end(name, SIGTERM)
                    #expect(stack.log(of: name).contains("stopped"), "\(name): \(stack.log(of: name).suffix(500))")
                }
            }
        }
    }
}
