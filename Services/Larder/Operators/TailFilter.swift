import Foundation
import ListCRDT
import Messages
import Placement
import Redis

/// Chooses entries and writes them as lines: time, who, to where, what, which documents, which traces.
struct TailFilter: Sendable {
    let trace: String?
    let document: String?
    let isColoured: Bool

    func show(_ stream: String, _ entry: StreamEntry) {
        let traces = words(entry, "trace")
        let documents = words(entry, "document")
        if let trace, !traces.contains(trace) { return }
        if let document, !documents.contains(where: { $0.hasPrefix(document) }) { return }
        let line = [
            entry.time, arrow(stream, entry).padding(58), what(stream, entry).padding(48), brief(documents, 8),
            brief(traces, 16),
        ]
        print(line.joined(separator: " "))
        // Into a pipe, too, each line as it comes.
        fflush(nil)
    }

    private func words(_ entry: StreamEntry, _ field: String) -> [String] {
        (entry.text(field) ?? "").split(separator: " ").map(String.init)
    }

    private func brief(_ words: [String], _ length: Int) -> String {
        let shown = words.prefix(3).map { String($0.prefix(length)) }
        return (shown + (words.count > 3 ? ["+\(words.count - 3)"] : [])).joined(separator: " ")
    }

    /// `ring-router-4f3a → shard s2`
    private func arrow(_ stream: String, _ entry: StreamEntry) -> String {
        let target = stream.replacing("larder:shard:", with: "shard ").replacing("larder:reply:", with: "")
            .replacing("larder:", with: "")
        let source = entry.text("from") ?? entry.text("by") ?? ""
        return colour(stream) + "\(source) → \(target)" + (isColoured ? "\u{1B}[0m" : "")
    }

    private func colour(_ stream: String) -> String {
        guard isColoured else { return "" }
        switch stream {
        case Keys.changes: return "\u{1B}[32m"
        case Keys.events: return "\u{1B}[33m"
        case Keys.dead: return "\u{1B}[31m"
        case Keys.ring: return "\u{1B}[36m"
        default: return stream.hasPrefix("larder:shard:") ? "\u{1B}[35m" : "\u{1B}[34m"
        }
    }

    private func what(_ stream: String, _ entry: StreamEntry) -> String {
        if stream == Keys.changes { return entry.text("what") ?? "" }
        if let envelope = try? Envelope(entry) { return Self.what(envelope) }
        let facts = entry.fields.filter { !["kind", "from", "document", "trace", "body"].contains($0.name) }
        let shown = facts.map { "\($0.name) \(String(decoding: $0.value, as: UTF8.self))" }
        return ([entry.text("kind") ?? ""] + shown).joined(separator: " ")
    }

    private static func what(_ envelope: Envelope) -> String {
        let parts = envelope.parts
        switch envelope.kind {
        case .write, .apply:
            let operations = parts.reduce(0) { $0 + ((try? WritePayload(decoding: $1.payload))?.operations.count ?? 0) }
            return "\(envelope.kind): \(operations) \(operations == 1 ? "operation" : "operations")"
        case .read, .fetch:
            let questions = parts.compactMap { try? ReadPayload(decoding: $0.payload) }.map { name(of: $0.what) }
            return "\(envelope.kind): \(tally(questions))"
        case .written, .applied, .saved:
            return
                "\(envelope.kind): \(tally(parts.map { (try? WriteResult(decoding: $0.payload)).map { "\($0.status)" } ?? "?" }))"
        case .answer, .fetched:
            return
                "\(envelope.kind): \(tally(parts.map { (try? ReadResult(decoding: $0.payload)).map { "\($0.status)" } ?? "?" }))"
        case .hint:
            return
                "hint: \(tally(parts.map { (try? HintPayload(decoding: $0.payload))?.absent.name ?? "?" })) missed it"
        }
    }

    private static func name(of question: ReadPayload.What) -> String {
        switch question {
        case .missing(let since): since.isEmpty ? "the whole" : "what is missing"
        case .operations: "missing operations"
        case .access: "who may"
        case .entries(let keys): "\(keys.count) entries"
        case .history: "the history"
        case .context: "the context"
        }
    }

    /// `3 committed, 1 unconfirmed`
    private static func tally(_ words: [String]) -> String {
        var counts: [(word: String, count: Int)] = []
        for word in words {
            if let index = counts.firstIndex(where: { $0.word == word }) {
                counts[index].count += 1
            } else {
                counts.append((word, 1))
            }
        }
        return counts.map { words.count == 1 ? $0.word : "\($0.count) \($0.word)" }.joined(separator: ", ")
    }
}

extension StreamEntry {
    static func list(_ reply: RedisValue?) -> [StreamEntry] {
        (reply?.array ?? []).compactMap { item in
            guard let pair = item.array, pair.count == 2, let id = pair[0].string, let flat = pair[1].array else {
                return nil
            }
            let fields = stride(from: 0, to: flat.count - 1, by: 2).map { index in
                (name: flat[index].string ?? "", value: flat[index + 1].bytes ?? [])
            }
            return StreamEntry(id: id, fields: fields)
        }
    }

    /// Milliseconds and sequence: the order of time.
    var order: UInt64 {
        let parts = id.split(separator: "-").compactMap { UInt64($0) }
        return (parts.first ?? 0) << 16 | min(parts.last ?? 0, 0xFFFF)
    }

    /// `23:04:50.060`, in UTC.
    var time: String {
        let milliseconds = UInt64(id.split(separator: "-").first ?? "") ?? 0
        let seconds = milliseconds / 1000 % 86_400
        return String(
            format: "%02d:%02d:%02d.%03d", seconds / 3600, seconds / 60 % 60, seconds % 60, milliseconds % 1000)
    }
}
