internal import Synchronization

/// A Lua script, named and kept once for the process (a `static let`); its source begins with a comment that states what it
/// guarantees. The server names it by a digest of the source, which the first load tells.
package final class RedisScript: Sendable {
    package let name: String
    package let source: String
    private let digest = Mutex<String?>(nil)

    package init(_ name: String, source: String) {
        self.name = name
        self.source = source
    }

    var knownDigest: String? { digest.withLock { $0 } }

    func learn(_ digest: String) { self.digest.withLock { $0 = digest } }
}

extension RedisClient {
    /// One round trip; two when the server does not know the script yet, or no more after a restart.
    package nonisolated(nonsending) func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        guard let digest = script.knownDigest else { return try await loadAndRun(script, keys, arguments) }
        do {
            return try await send(.evaluate(digest, keys, arguments))
        } catch  where error.code == "NOSCRIPT" {
            return try await loadAndRun(script, keys, arguments)
        }
    }

    /// Loads scripts ahead, so that their first runs are not slower.
    package func load(_ scripts: [RedisScript]) async throws(RedisError) {
        for script in scripts { _ = try await digest(of: script) }
    }

    private nonisolated(nonsending) func loadAndRun(
        _ script: RedisScript, _ keys: [String], _ arguments: [RedisArgument]
    ) async throws(RedisError) -> RedisValue {
        try await send(.evaluate(try await digest(of: script), keys, arguments))
    }

    private nonisolated(nonsending) func digest(of script: RedisScript) async throws(RedisError) -> String {
        let reply = try await send(RedisCommand("SCRIPT", "LOAD", .string(script.source)))
        guard let digest = reply.string else { throw .server("ERR no digest for the script \(script.name)") }
        script.learn(digest)
        return digest
    }
}

extension RedisCommand {
    fileprivate static func evaluate(_ digest: String, _ keys: [String], _ arguments: [RedisArgument]) -> RedisCommand {
        let head: [RedisArgument] = [.string(digest), .int(Int64(keys.count))]
        return RedisCommand("EVALSHA", arguments: head + keys.map(RedisArgument.string) + arguments)
    }
}
