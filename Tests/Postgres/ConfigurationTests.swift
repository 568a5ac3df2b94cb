import Postgres
import TestSupport
import Testing

@Suite("Configuration and errors")
struct ConfigurationTests {
    @Test("An address that cannot be read is refused, and does not show its password")
    func address() throws {
        #expect(throws: PostgresError.self) { try PostgresConfiguration(url: "postgres://user:secret@[::1/lists") }
        let configuration = try PostgresConfiguration(url: "postgres://user:secret@example.org:5433/lists")
        #expect(configuration.address == "example.org:5433/lists")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration)\(String(reflecting: configuration))\(dumped)".contains("secret"))
    }

    @Test("Settings in the address are kept beside ours")
    func options() async throws {
        let server = try await PostgresServer.started(.init(fsync: false))
        let configuration = try PostgresConfiguration(url: server.url + "?options=-csearch_path%3Delsewhere")
        let connection = PostgresConnection(configuration, logger: quiet)
        let settings = Statement(
            "settings", "SELECT current_setting('search_path'), current_setting('statement_timeout')")
        let row = try await connection.query(settings).rows[0]
        #expect(try row[0].text() == "elsewhere")
        #expect(try row[1].text() == "10s")
        try await server.stop()
    }

    @Test(
        "What may be tried again",
        arguments: [
            (PostgresError.unavailable("x"), true), (.indefinite("x"), true), (.misuse("x"), false),
            (.server(sqlState: "40001", message: ""), true), (.server(sqlState: "53100", message: ""), true),
            (.server(sqlState: "25006", message: ""), true), (.server(sqlState: "23505", message: ""), false),
        ])
    func retryable(error: PostgresError, expected: Bool) {
        #expect(error.isRetryable == expected)
    }
}
