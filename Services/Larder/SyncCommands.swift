import ArgumentParser
import ListCRDT
import ReplicaStore
import SyncProtocol

struct Sync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Exchange everything with the server.")
    @OptionGroup var device: DeviceOptions
    @Option(help: "Seconds to go on trying without any progress.") var patience: Int64 = 5

    private struct Report: Encodable {
        var complete: Bool
        var acknowledged: Int
        var pending: Int
        var reason: String?
    }

    func run() async throws {
        let store = try await device.open()
        let report = try await SyncEngine(store: store, transport: GatewayTransport(store))
            .run(.everything, patience: .seconds(max(0, patience)))
        let reason: String? =
            switch report.outcome {
            case .complete: nil
            case .unfinished(let why), .refused(let why): why
            case .signedOut: "Your session has ended. Log in again with: larder login \(store.username)"
            }
        let words = "\(operations(report.acknowledged)) confirmed on 2 of 3 shards, \(report.pending) waiting"
        try device.write(
            Report(
                complete: report.outcome == .complete, acknowledged: report.acknowledged, pending: report.pending,
                reason: reason),
            reason.map { "\(words): \($0)" } ?? "\(words).")
        switch report.outcome {
        case .complete: break
        case .unfinished: throw ExitCode(Ending.tryAgain)
        case .signedOut, .refused: throw ExitCode(Ending.refused)
        }
    }
}

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what has reached the server, what waits and since when, and what was refused.")
    @OptionGroup var device: DeviceOptions
    @Flag(help: "Forget what was refused, after showing it.") var forget = false

    private struct Report: Encodable {
        struct Waiting: Encodable {
            var list, name: String
            var operations: Int
            var since: UInt64
        }
        struct Refused: Encodable {
            var list: String
            var item: String?
            var what, status: String
            var at: UInt64
        }
        var username, server, replica: String
        var loggedIn: Bool
        var syncedAt: UInt64?
        /// How many operations are on how many shards.
        var acknowledged: Int
        var shards = "2 of 3"
        var waiting: [Waiting]
        var refused: [Refused]
    }

    func run() async throws {
        let store = try await device.open()
        let status = try await store.status()
        let report = Report(
            username: status.username, server: status.server, replica: status.replica.hex, loggedIn: status.loggedIn,
            syncedAt: status.syncedAtMilliseconds, acknowledged: status.acknowledged,
            waiting: status.waiting.map {
                .init(list: $0.list.hex, name: $0.name, operations: $0.operations, since: $0.sinceMilliseconds)
            },
            refused: status.refused.map {
                .init(
                    list: $0.list.hex, item: $0.item, what: IntentWords.say($0.intent), status: $0.status.name,
                    at: $0.atMilliseconds)
            })
        try device.write(report, Self.lines(status).joined(separator: "\n"))
        if forget { try await store.forgetRefused() }
    }

    private static func lines(_ status: DeviceStatus) -> [String] {
        var lines = [
            "\(Terminal.bold(status.username)) at \(status.server)\(status.loggedIn ? "" : " (session ended: log in)")"
        ]
        lines.append(
            status.syncedAtMilliseconds.map { "last complete sync \(Terminal.date($0))" } ?? "never completely synced")
        lines.append("on 2 of 3 shards: \(operations(status.acknowledged)) of this device")
        lines += status.waiting.map {
            Terminal.yellow("\($0.operations) waiting in \($0.name), since \(Terminal.date($0.sinceMilliseconds))")
        }
        if status.waiting.isEmpty { lines.append(Terminal.green("nothing waits")) }
        lines += status.refused.map {
            Terminal.yellow("refused (\($0.status.name)) in \($0.listName): ")
                + "\($0.item.map { "\($0): " } ?? "")\(IntentWords.say($0.intent)), \(Terminal.date($0.atMilliseconds))"
        }
        return lines
    }
}

/// `1 operation`, `2 operations`.
private func operations(_ count: some BinaryInteger) -> String {
    "\(count) \(count == 1 ? "operation" : "operations")"
}
