import ArgumentParser
import Bus
import Foundation
import Messages
import Redis

/// `larder tail`: what flows over the streams, line by line and in words.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show what flows over the streams, in words (operators).",
        discussion:
            "Follows all streams until Ctrl-C. With --past it shows what the streams still hold, in order, and ends.")

    @OptionGroup var redis: RedisOptions
    @Option(help: "Only what belongs to this trace id.") var trace: String?
    @Option(help: "Only what concerns documents whose id begins so.") var document: String?
    @Option(help: "Only streams whose name begins so: larder:changes.") var stream = ""
    @Flag(help: "What is there already, instead of what comes.") var past = false

    func run() async throws {
        let filter = TailFilter(trace: trace, document: document, isColoured: isatty(STDOUT_FILENO) == 1)
        let (stream, past) = (stream, past)
        try await redis.withRedis { client in
            let streams = TailStreams(redis: client, prefix: stream)
            if past {
                for (name, entry) in try await streams.past() { filter.show(name, entry) }
            } else {
                try await streams.follow { filter.show($0, $1) }
            }
        }
    }
}

/// All streams of Larder as one, in the order of time.
struct TailStreams: Sendable {
    private static let lookInterval = Duration.seconds(2)
    private static let batchMax: Int64 = 500

    let redis: RedisClient
    let prefix: String

    private func names() async throws -> [String] {
        var names: Set<String> = []
        var cursor = "0"
        repeat {
            let reply = try await redis.send(
                RedisCommand("SCAN", .string(cursor), "MATCH", "larder:*", "COUNT", 1000, "TYPE", "stream"))
            cursor = reply.array?.first?.string ?? "0"
            names.formUnion((reply.array?.last?.array ?? []).compactMap(\.string))
        } while cursor != "0"
        return names.filter { $0.hasPrefix(prefix) }.sorted()
    }

    func past() async throws -> [(stream: String, entry: StreamEntry)] {
        var all: [(stream: String, entry: StreamEntry)] = []
        for name in try await names() {
            let reply = try await redis.send(RedisCommand("XRANGE", .string(name), "-", "+"))
            all += StreamEntry.list(reply).map { (name, $0) }
        }
        return all.sorted { ($0.entry.order, $0.stream) < ($1.entry.order, $1.stream) }
    }

    /// Shows entries as they come, also of streams that come to be.
    func follow(_ show: (String, StreamEntry) -> Void) async throws {
        let lane = redis.lane(named: "tail")
        var positions: [String: String] = [:]
        var isFirst = true
        var lookAt = ContinuousClock.now
        while !Task.isCancelled {
            if lookAt <= .now {
                for name in try await names() where positions[name] == nil {
                    positions[name] = isFirst ? try await newest(of: name) : "0-0"
                }
                isFirst = false
                lookAt = .now + Self.lookInterval
            }
            guard !positions.isEmpty else {
                try await Task.sleep(for: .milliseconds(200))
                continue
            }
            let known = positions.sorted { $0.key < $1.key }
            let reply = try await lane.blocking(
                RedisCommand(
                    "XREAD",
                    arguments: ["COUNT", .int(Self.batchMax), "BLOCK", 1000, "STREAMS"]
                        + known.map { .string($0.key) } + known.map { .string($0.value) }),
                upTo: .seconds(1))
            var batch: [(stream: String, entry: StreamEntry)] = []
            for part in reply.array ?? [] {
                guard let name = part.array?.first?.string else { continue }
                let entries = StreamEntry.list(part.array?.last)
                if let last = entries.last { positions[name] = last.id }
                batch += entries.map { (name, $0) }
            }
            for (name, entry) in batch.sorted(by: { ($0.entry.order, $0.stream) < ($1.entry.order, $1.stream) }) {
                show(name, entry)
            }
        }
    }

    private func newest(of stream: String) async throws -> String {
        let reply = try await redis.send(RedisCommand("XREVRANGE", .string(stream), "+", "-", "COUNT", 1))
        return StreamEntry.list(reply).first?.id ?? "0-0"
    }
}
