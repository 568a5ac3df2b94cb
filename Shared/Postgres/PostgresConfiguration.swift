import CLibPQ

/// Where a database is and how long to wait for it.
package struct PostgresConfiguration: Sendable {
    /// For one attempt to connect, name look-up excluded.
    package var connectTimeout: Duration = .seconds(2)
    /// How long a statement waits, with growing pauses between attempts, for a server that cannot be reached.
    package var reconnectTimeout: Duration = .seconds(5)
    /// For one statement, by the server's clock (it is then refused with 57014), and for a whole pipeline by ours,
    /// which gives the server `answerGrace` more to say so.
    package var statementTimeout: Duration = .seconds(10)
    package static let answerGrace = Duration.milliseconds(500)
    /// As `pg_stat_activity` shows it.
    package var applicationName = "larder"

    let url: String
    /// Host, port and database, for messages: never the password.
    package let address: String
    private let options: String?

    /// - Parameter url: `postgres://user:password@host:port/database?…` or libpq's `key=value` form.
    package init(url: String) throws(PostgresError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(url, &message) else {
            defer { PQfreemem(message) }
            let hint = url.contains("://") ? "" : " (expected postgres://user@host:port/database)"
            throw .misuse("the address of the database cannot be read\(hint)")
        }
        defer { PQconninfoFree(parsed) }
        var settings: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { settings[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        let host = settings["host"] ?? settings["hostaddr"] ?? "local socket"
        self.url = url
        self.address = "\(host):\(settings["port"] ?? "5432")/\(settings["dbname"] ?? "")"
        self.options = settings["options"]
    }

    /// Keywords and values for `PQconnectStartParams`; what is later overrides what the URL says.
    var connectionParameters: [(keyword: String, value: String)] {
        let server = "-c statement_timeout=\(statementTimeout.milliseconds) -c client_connection_check_interval=1s"
        return [
            ("dbname", url), ("application_name", applicationName), ("client_encoding", "UTF8"),
            ("options", options.map { "\($0) \(server)" } ?? server),
        ]
    }
}

/// Shown without what the URL may hold of secrets, by whatever way it is printed.
extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(address) as \(applicationName)" }
    package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}

extension Duration {
    /// Whole milliseconds, rounded up, so that a wait never ends before its time.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
