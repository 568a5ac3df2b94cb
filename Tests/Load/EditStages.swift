internal import Foundation
internal import Logging
internal import Messages
internal import Redis
internal import TestStack
internal import TestSupport

/// Where the time of a lone edit goes, on average, by the times of its entries in the streams, found by its trace.
struct EditStages {
    let name: String
    let milliseconds: Double

    /// When an edit's entries of each kind came, in the order in which they came.
    private typealias Times = [String: [Double]]

    /// - Parameter whole: milliseconds from the device's request to its answer.
    static func measured(at stack: Stack, whole: Double) async throws -> [EditStages] {
        let redis = RedisClient(
            try RedisConfiguration(url: stack.redis.url), name: "bench",
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        let edits = try await redis.whileRunning { try await times(redis) }.values.filter { times in
            times["write"]?.count == 1 && times["applied"]?.count == 3 && times["saved"]?.count == 1
        }
        guard edits.count >= 20 else { throw TestSupportError("only \(edits.count) edits are found in the streams") }
        func mean(_ from: (Times) -> Double?, _ to: (Times) -> Double?) -> Double {
            let spans = edits.compactMap { edit in from(edit).flatMap { start in to(edit).map { $0 - start } } }
            return spans.reduce(0, +) / Double(max(1, spans.count))
        }
        let inRing = mean({ $0["write"]?.first }, { $0["saved"]?.first })
        return [
            EditStages(name: "HTTP, queue, to the batcher and back", milliseconds: whole - inRing),
            EditStages(
                name: "router, to the shards", milliseconds: mean({ $0["write"]?.first }, { $0["apply"]?.last })),
            EditStages(
                name: "two shards commit",
                milliseconds: mean({ $0["apply"]?.last }, { $0["applied"]?.dropFirst().first })),
            EditStages(
                name: "router, to the batcher",
                milliseconds: mean({ $0["applied"]?.dropFirst().first }, { $0["written"]?.first })),
            EditStages(
                name: "batcher, to the gateway", milliseconds: mean({ $0["written"]?.first }, { $0["saved"]?.first })),
        ]
    }

    private static func times(_ redis: RedisClient) async throws -> [String: Times] {
        var edits: [String: Times] = [:]
        let keys = try await redis.send(RedisCommand("KEYS", "larder:*")).array?.compactMap(\.string) ?? []
        for key in keys where key == Keys.ring || key.hasPrefix("larder:shard:") || key.hasPrefix("larder:reply:") {
            for entry in try await redis.send(RedisCommand("XRANGE", .string(key), "-", "+")).array ?? [] {
                guard let pair = entry.array, pair.count == 2, let id = pair[0].string, let flat = pair[1].array,
                    let at = Double(id.prefix { $0 != "-" })
                else { continue }
                let words = flat.map { $0.string ?? "" }
                let fields = Dictionary(
                    stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
                ) { $1 }
                for trace in (fields["trace"] ?? "").split(separator: " ") {
                    edits[String(trace), default: [:]][fields["kind"] ?? "", default: []].append(at)
                }
            }
        }
        return edits.mapValues { $0.mapValues { $0.sorted() } }
    }
}
