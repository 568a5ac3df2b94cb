import Foundation
import ListCRDT
import ReplicaStore

/// What `watch` shows: the list in place on a terminal, with the latest changes below; otherwise a line a change.
actor WatchScreen {
    private static let changesShown = 10

    private struct Line: Encodable {
        var at: UInt64
        var by: String?
        var item: String?
        var what: String
    }

    private let store: ReplicaStore
    private let list: DocumentID
    private let json: Bool
    private var view: ListView
    private var lines: [Line] = []
    private var trouble: String?

    init(_ store: ReplicaStore, _ list: DocumentID, json: Bool) async throws {
        self.store = store
        self.list = list
        self.json = json
        view = try await store.document(list)?.list ?? Document(kind: .list).list
        draw()
    }

    /// Shows what is new since the last look, and as whose doing.
    func look(by: String?, at: UInt64?) async throws {
        guard let now = try await store.document(list)?.list, now != view else { return }
        let changes = ListChange.between(view, now)
        view = now
        let at = at ?? ReplicaStore.systemClock()
        for change in changes { show(Line(at: at, by: by, item: change.item, what: change.what)) }
        draw()
    }

    /// Says what keeps the list from being live; nil: nothing.
    func note(_ trouble: String?) {
        guard trouble != self.trouble else { return }
        self.trouble = trouble
        if !Terminal.isInteractive || json {
            Terminal.err("larder: \(trouble ?? "live")")
        }
        draw()
    }

    private func show(_ line: Line) {
        lines = (lines + [line]).suffix(Self.changesShown)
        if json {
            Terminal.out((try? JSONText.write(line, pretty: false)) ?? "")
        } else if !Terminal.isInteractive {
            Terminal.out(Self.words(line))
        }
    }

    private static func words(_ line: Line) -> String {
        "\(Terminal.time(line.at))  \(line.by ?? "somebody")  \(line.item.map { "\($0): " } ?? "")\(line.what)"
    }

    private func draw() {
        guard Terminal.isInteractive, !json else { return }
        let state = trouble.map { Terminal.yellow("not live: \($0)") } ?? Terminal.green("live")
        let below = lines.map { Terminal.dim(Self.words($0)) }
        let picture = ([ListPicture.draw(view), ""] + below + [state]).joined(separator: "\n")
        Terminal.draw("\u{1B}[H\u{1B}[2J\(picture)\n")
    }
}
