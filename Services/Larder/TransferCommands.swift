import ArgumentParser
import Foundation
import ListCRDT
import ReplicaStore

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a list of every line of a file.",
        discussion:
            """
            Items are separated by commas. An import that was interrupted goes on where it stopped; a finished one is \
            not done twice.
            """
    )
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The file.", completion: .file()) var file: String
    @Option(help: "Lists are called by this and the number of their line.") var prefix = "Basket"
    @Flag(help: "Do not send anything now.") var offline = false
    @Option(help: "Seconds to go on trying without any progress.") var patience: Int64 = 30

    private struct Report: Encodable {
        var lists, items, made, acknowledged, pending: Int
        var seconds: Double
    }

    func run() async throws {
        let store = try await device.open()
        let start = ContinuousClock.now
        let baskets = Baskets(try Self.read(file))
        let bar = ProgressBar(silent: device.json)
        let made = try await BasketImport(baskets, prefix: prefix, username: store.username)
            .run(into: store) { bar.show("saved here", $0.done, of: $0.total, unit: "lists") }
        let (outcome, acknowledged) = try await send(store, bar)
        bar.end()
        let report = Report(
            lists: baskets.baskets.count, items: baskets.itemCount, made: made, acknowledged: acknowledged,
            pending: try await store.pendingCount(), seconds: Double((ContinuousClock.now - start).milliseconds) / 1_000
        )
        let size = "\(report.lists) lists with \(report.items) items"
        let first = made == 0 ? "\(size): imported before" : "\(size) in \(report.seconds) s"
        let way = report.pending == 0 ? "on 2 of 3 shards" : "\(report.pending) operations waiting"
        try device.write(report, "\(first)\n\(Terminal.dim("saved here · \(way)"))")
        if !offline, outcome != .complete { throw ExitCode(Ending.tryAgain) }
    }

    private func send(_ store: ReplicaStore, _ bar: ProgressBar) async throws -> (SyncMachine.Outcome, Int) {
        guard !offline else { return (.complete, 0) }
        let total = try await store.pendingCount()
        let report = try await SyncEngine(store: store, transport: GatewayTransport(store))
            .run(.pending, patience: .seconds(max(0, patience))) { pending in
                bar.show("on 2 of 3 shards", max(0, total - pending), of: total, unit: "operations")
            }
        return (report.outcome, report.acknowledged)
    }

    private static func read(_ file: String) throws -> String {
        do {
            return String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
        } catch {
            throw DeviceError.refused("no_file", "\(file) cannot be read.")
        }
    }
}

extension ListExport: ExpressibleByArgument {}

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write a list as JSON, CSV, text or Markdown.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The list.") var list: String
    @Option(help: "The form.") var format = ListExport.text
    @Option(name: .shortAndLong, help: "The file. (default: standard output)", completion: .file()) var output: String?

    func run() async throws {
        let store = try await device.open()
        let id = try await store.list(named: list)
        guard let view = try await store.document(id)?.list else { return }
        let text = try (device.json ? ListExport.json : format).write(id, view)
        guard let output else { return Terminal.out(text) }
        do {
            try text.write(toFile: output, atomically: true, encoding: .utf8)
        } catch {
            throw DeviceError.refused("no_file", "\(output) cannot be written.")
        }
    }
}
