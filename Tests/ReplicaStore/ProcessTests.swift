import Foundation
import ListCRDT
import ReplicaStore
import Testing

/// The program `larder`, which the build puts beside the tests.
enum Program {
    static let path: String? = {
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
        let folders = (bundles + [Bundle.main.bundleURL, Bundle.main.executableURL].compactMap { $0 }).flatMap {
            [$0, $0.deletingLastPathComponent()]
        }
        return folders.map { $0.appendingPathComponent("larder").path }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static func start(_ arguments: [String], data: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments = arguments + ["--data", data, "--offline"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}

@Suite("Several processes on one data folder", .enabled(if: Program.path != nil))
struct ProcessTests {
    @Test("Commands that add at the same time all succeed, and no dot is used twice")
    func together() async throws {
        let server = ModelServer()
        let device = try await Device(server)
        let list = try await device.newList("Party")
        let processes = try (0..<8).map { try Program.start(["add", "Party", "item \($0)"], data: device.folder.path) }
        for process in processes {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        #expect(Set(try await device.names(list)) == Set((0..<8).map { "item \($0)" }))
        try await device.sync()
        #expect(server.document(list)?.context.dotCount == 10)
    }

    @Test("An import killed in the middle leaves whole lists, and run again makes each exactly once")
    func killed() async throws {
        let server = ModelServer()
        let device = try await Device(server)
        let file = device.folder.path + "/baskets.csv"
        let text = (0..<9_000).map { "milk \($0),bread,butter" }.joined(separator: "\n")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let process = try Program.start(["import", file], data: device.folder.path)
        let deadline = ContinuousClock.now + .seconds(60)
        while try await device.store.lists().isEmpty, ContinuousClock.now < deadline { await Task.yield() }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let half = try await device.store.lists()
        #expect(half.count < 9_000 && half.count % 500 == 0)
        #expect(half.allSatisfy { $0.itemCount == 3 && $0.pending == 5 })
        let again = try Program.start(["import", file], data: device.folder.path)
        again.waitUntilExit()
        #expect(again.terminationStatus == 0)
        let lists = try await device.store.lists()
        #expect(Set(lists.map(\.name)).count == 9_000)
        #expect(lists.count == 9_000)
        #expect(lists.allSatisfy { $0.itemCount == 3 })
    }
}
