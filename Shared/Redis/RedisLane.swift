internal import NIOCore
internal import ServiceLifecycle

/// A connection of one caller's own. Its commands end, undone at the server too, when the caller's task is cancelled
/// or its service shuts down gracefully.
package final class RedisLane: Sendable {
    private let connection: KeptConnection
    private let client: RedisClient
    private let answerMax: Duration

    init(_ connection: KeptConnection, client: RedisClient, answerMax: Duration) {
        self.connection = connection
        self.client = client
        self.answerMax = answerMax
    }

    deinit { client.release(connection) }

    package nonisolated(nonsending) func send(_ command: RedisCommand) async throws(RedisError) -> RedisValue {
        try await blocking(command, upTo: .zero)
    }

    /// `upTo`: the same time as the command itself names; the answer may then still take what any answer may.
    ///
    /// An answer that was under way when it was cut short is lost: BZPOPMIN may have popped. Prefer commands that leave a trace.
    package nonisolated(nonsending) func blocking(
        _ command: RedisCommand, upTo: Duration
    ) async throws(RedisError) -> RedisValue {
        let request = connection.makeRequest(.one(command), answerMax: upTo + answerMax)
        let answer = await withGracefulShutdownHandler {
            await connection.perform(request)
        } onGracefulShutdown: { [connection] in
            connection.cancel(request)
        }
        return try answer.get()
    }
}
