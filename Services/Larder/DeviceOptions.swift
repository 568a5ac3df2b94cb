import ArgumentParser
import ListCRDT
import ReplicaStore

/// What every command of a device takes.
struct DeviceOptions: ParsableArguments {
    @Option(help: "The data folder. Environment: LARDER_DATA. (default: ~/.local/share/larder)")
    var data: String?

    @Flag(help: "Write JSON.")
    var json = false

    func folder() throws -> DataFolder { try DataFolder(path: data) }

    func open() async throws -> ReplicaStore { try await ReplicaStore.current(in: folder()) }

    /// Writes JSON or text, as was asked for.
    func write(_ json: some Encodable, _ text: @autoclosure () -> String) throws {
        Terminal.out(self.json ? try JSONText.write(json) : text())
    }
}

/// What every command that edits takes besides.
struct EditOptions: ParsableArguments {
    /// How long a command waits for the server after it has saved.
    static let syncLimit = Duration.seconds(2)

    @OptionGroup var device: DeviceOptions

    @Flag(help: "Do not try to reach the server now.")
    var offline = false

    private struct Report: Encodable {
        var done: [String]
        var list: String
        var items: [String]?
        /// `here` or `shards`: how far it has come.
        var saved: String
        var pending: Int
    }

    /// Tries to bring the edit to the server for a moment, and says what was done and how far it has come.
    func finish(_ store: ReplicaStore, _ list: DocumentID, items: [EntryID]? = nil, _ done: [String]) async throws {
        var outcome: SyncMachine.Outcome?
        if !offline {
            outcome = try await SyncEngine(store: store, transport: GatewayTransport(store))
                .run(.pending, patience: .zero, limit: Self.syncLimit).outcome
        }
        let pending = try await store.pendingChanges(of: list).count
        let refused = try await store.status().refused.count { $0.list == list }
        let report = Report(
            done: done, list: list.hex, items: items?.map(\.hex), saved: pending == 0 ? "shards" : "here",
            pending: pending)
        let quiet = Terminal.dim(Self.words(outcome, pending: pending, refused: refused))
        try device.write(report, (done + [quiet]).joined(separator: "\n"))
    }

    private static func words(_ outcome: SyncMachine.Outcome?, pending: Int, refused: Int) -> String {
        if refused > 0 { return "not accepted by the server · see: larder status" }
        if pending == 0 { return "saved here · on 2 of 3 shards" }
        switch outcome {
        case .signedOut: return "saved here · waiting: your session has ended, log in again"
        case .refused(let why): return "saved here · waiting: \(why)"
        default: return "saved here · waiting for the server"
        }
    }
}
