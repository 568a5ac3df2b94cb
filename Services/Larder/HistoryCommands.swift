import ArgumentParser
import ListCRDT
import ReplicaStore

struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show who did what to a list, the newest first.",
        discussion:
            "What this device has done and the server has not confirmed comes first; the rest is the server's to tell.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The list.") var list: String
    @Option(help: "At most so many changes.") var limit = 50

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit goes from 1 to 1000.") }
    }

    private struct Pending: Encodable {
        var item: String?
        var what: String
        var at: UInt64
    }

    private struct Report: Encodable {
        var pending: [Pending]
        var changes: [HistoryAnswer.Change]
    }

    func run() async throws {
        let store = try await device.open()
        let id = try await store.list(named: list)
        let pending = try await store.pendingChanges(of: id).reversed().map {
            Pending(item: $0.item, what: IntentWords.say($0.intent), at: $0.at)
        }
        if !device.json {
            for change in pending {
                let what = "\(change.item.map { "\($0): " } ?? "")\(change.what)"
                Terminal.out("\(Terminal.date(change.at))  you  \(what)  \(Terminal.yellow("waiting"))")
            }
        }
        let changes = try await store.history(of: id, limit: limit)
        guard !device.json else {
            return Terminal.out(try JSONText.write(Report(pending: Array(pending), changes: changes)))
        }
        for change in changes { Terminal.out(Self.line(change)) }
    }

    private static func line(_ change: HistoryAnswer.Change) -> String {
        let at = change.at.map { Terminal.date($0.milliseconds) } ?? ""
        var what = change.item.map { "\($0.name ?? $0.id): " } ?? ""
        what += words(change)
        return "\(at)  \(change.by ?? "somebody")  \(what)"
    }

    private static func words(_ change: HistoryAnswer.Change) -> String {
        let field = change.field ?? ""
        guard field != "position" else { return "moved" }
        guard let to = change.to else { return field }
        let isRole = field == "role" || field == "invitation"
        let text = { (value: JSONScalar) in isRole ? roleName(value) : value.words }
        return "\(field) \(change.from.map { "\(text($0)) → " } ?? "")\(text(to))"
    }

    private static func roleName(_ value: JSONScalar) -> String {
        guard case .number(let number) = value, let role = Int64(exactly: number).flatMap(Role.init) else {
            return value.words
        }
        return "\(role)"
    }
}

struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show an item's concurrent versions, and whose value stands in each field.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The list.") var list: String
    @Argument(help: "The item.") var item: String

    private struct Report: Encodable {
        struct Value: Encodable {
            var field, value, replica: String
            var at: UInt64
            var stands: Bool
        }
        struct Version: Encodable {
            var dot: String
            var values: [Value]
        }
        var item: String
        var versions: [Version]
    }

    func run() async throws {
        let store = try await device.open()
        let id = try await store.list(named: list)
        let item = try await store.item(named: item, in: id)
        guard let entry = try await store.document(id)?.entries[EntryKey(.items, item)] else { return }
        let report = Self.report(item, entry)
        let own = try await store.status().replica
        try device.write(report, Self.lines(report, own: own).joined(separator: "\n"))
    }

    private static func report(_ item: EntryID, _ entry: Entry) -> Report {
        let shown = entry.shown
        let versions = entry.versions.map { version in
            let registers = version.fields.registers.filter { $0.field != .position }.map { slot in
                Report.Value(
                    field: IntentWords.name(slot.field), value: IntentWords.say(slot.content.value),
                    replica: slot.content.stamp.replica.hex, at: slot.content.stamp.milliseconds,
                    stands: shown.register(slot.field) == slot.content)
            }
            let counters = version.fields.counters.map { slot in
                Report.Value(
                    field: IntentWords.name(slot.field), value: "\(slot.content.acquired) of \(slot.content.target)",
                    replica: slot.content.epoch.replica.hex, at: slot.content.epoch.milliseconds,
                    stands: shown.counter(slot.field)?.epoch == slot.content.epoch)
            }
            return Report.Version(
                dot: "\(version.dot.replica.hex)/\(version.dot.counter)", values: registers + counters)
        }
        return Report(item: item.hex, versions: versions)
    }

    private static func lines(_ report: Report, own: ReplicaID) -> [String] {
        let count = report.versions.count
        var lines = [
            count == 1
                ? "One version: nothing concurrent stands."
                : "\(count) versions were made without knowing of one another:"
        ]
        for version in report.versions {
            lines.append(Terminal.bold("version \(version.dot)"))
            lines += version.values.map { value in
                let who = value.replica == own.hex ? "this device" : "replica \(value.replica)"
                let mark = value.stands ? Terminal.green("stands") : Terminal.dim("overridden by a later one")
                return "  \(value.field): \(value.value)  by \(who), \(Terminal.date(value.at))  \(mark)"
            }
        }
        return lines
    }
}
