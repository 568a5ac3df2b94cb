import Logging
import Postgres
import TestSupport
import Testing

/// One server for all tests that leave it running.
@Suite("Postgres", .oneServer)
struct PostgresContract {}

struct ServerScope: SuiteTrait, TestScoping {
    @TaskLocal static var current: PostgresServer?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        let server = try await PostgresServer.started(.init(fsync: false))
        try await Self.$current.withValue(server) { try await body() }
        try await server.stop()
    }
}

extension Trait where Self == ServerScope {
    static var oneServer: ServerScope { ServerScope() }
}

let quiet = Logger(label: "postgres tests") { _ in SwiftLogNoOpLogHandler() }

func connection(
    to server: PostgresServer? = ServerScope.current, _ adjust: (inout PostgresConfiguration) -> Void = { _ in }
) throws -> PostgresConnection {
    PostgresConnection(try configuration(of: server, adjust), logger: quiet)
}

func pool(
    of size: Int, on server: PostgresServer? = ServerScope.current, acquireTimeout: Duration = .seconds(5),
    _ adjust: (inout PostgresConfiguration) -> Void = { _ in }
) throws -> PostgresPool {
    PostgresPool(try configuration(of: server, adjust), size: size, acquireTimeout: acquireTimeout, logger: quiet)
}

private func configuration(
    of server: PostgresServer?, _ adjust: (inout PostgresConfiguration) -> Void
) throws -> PostgresConfiguration {
    var configuration = try PostgresConfiguration(url: try #require(server).url)
    adjust(&configuration)
    return configuration
}

/// What `body` throws; records an issue when it throws nothing.
func failure(
    of body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> PostgresError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as PostgresError {
        return error
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
    return nil
}

extension PostgresError {
    var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
    var isMisuse: Bool { if case .misuse = self { true } else { false } }
}

func count(_ table: String, _ connection: PostgresConnection) async throws -> Int64 {
    try await connection.query(Statement("count.\(table)", "SELECT count(*) FROM \(table)")).rows[0][0].int()
}
