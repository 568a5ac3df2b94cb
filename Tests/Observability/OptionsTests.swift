import ArgumentParser
import Observability
import Testing

/// As a service declares its own.
private struct ZoneCommand: ParsableCommand {
    @OptionGroup var common: CommonOptions
    @Option(variable: "LARDER_ZONE", help: "What fails together.") var zone = "a"
    @Option(variable: "LARDER_BATCH", help: "Jobs at once.") var batch = 100
    @Option(variable: "LARDER_POSTGRES_URLS", help: "Servers.") var postgresURLs = CommaList<ServiceURL>([])
}

@Suite("Options")
struct OptionsTests {
    private func parse(_ arguments: [String], _ variables: [String: String] = [:]) throws -> ZoneCommand {
        try OptionEnvironment.$current.withValue(OptionEnvironment(variables: variables)) {
            try ZoneCommand.parse(arguments)
        }
    }

    private func usageError(_ arguments: [String], _ variables: [String: String] = [:]) -> (
        status: Int32, text: String
    )? {
        do {
            _ = try parse(arguments, variables)
            return nil
        } catch {
            return (ZoneCommand.exitCode(for: error).rawValue, ZoneCommand.fullMessage(for: error))
        }
    }

    @Test("The command line is before the environment, which is before the default")
    func precedence() throws {
        #expect(try parse([]).zone == "a")
        #expect(try parse([], ["LARDER_ZONE": "b"]).zone == "b")
        #expect(try parse(["--zone", "c"], ["LARDER_ZONE": "b"]).zone == "c")
        #expect(try parse([], ["LARDER_ZONE": ""]).zone == "a", "an empty variable counts as unset")
    }

    @Test("Every common option has its variable")
    func commonVariables() throws {
        let options = try parse(
            [],
            [
                "LARDER_REDIS_URL": "rediss://u:p@redis:6380/2", "LARDER_HEALTH_LISTEN": "[::1]:9000",
                "LARDER_INSTANCE": "gateway-a", "LARDER_LOG_LEVEL": "debug", "LARDER_LOG_FORMAT": "json",
                "LARDER_SHUTDOWN_SECONDS": "7",
            ]
        ).common
        #expect(options.redisURL.text == "rediss://u:p@redis:6380/2")
        #expect(options.healthListen == HostPort(host: "::1", port: 9000))
        #expect(options.instance == "gateway-a")
        #expect(options.logLevel == .debug)
        #expect(options.logFormat == .json)
        #expect(options.shutdownSeconds == 7)
    }

    @Test("Options of several values are separated by commas")
    func lists() throws {
        let urls = try parse([], ["LARDER_POSTGRES_URLS": "postgres://a/x, postgres://b/y"]).postgresURLs
        #expect(urls.values.map(\.text) == ["postgres://a/x", "postgres://b/y"])
    }

    @Test(
        "A bad variable is a usage error that names it and what it must be, and does not show its value",
        arguments: [
            ("LARDER_LOG_FORMAT", "xml", "one of text, json"), ("LARDER_BATCH", "many", "a whole number"),
            ("LARDER_HEALTH_LISTEN", "9000", "host:port"), ("LARDER_REDIS_URL", "geheim", "an address"),
            ("LARDER_POSTGRES_URLS", "geheim", "separated by commas"),
        ])
    func badVariable(variable: String, value: String, expected: String) throws {
        let failure = try #require(usageError([], [variable: value]))
        #expect(failure.status == 64)
        #expect(failure.text.contains("\(variable) must be \(expected)"))
        #expect(!failure.text.contains(value))
    }

    @Test("A bad option is a usage error that names it", arguments: ["--batch", "--log-level", "--health-listen"])
    func badOption(option: String) throws {
        let failure = try #require(usageError([option, "?"]))
        #expect(failure.status == 64)
        #expect(failure.text.contains(option))
    }

    @Test("A stop must have a bound", arguments: ["0", "601"])
    func shutdownBound(seconds: String) throws {
        #expect(try #require(usageError(["--shutdown-seconds", seconds])).text.contains("--shutdown-seconds must be"))
    }

    @Test("Help names each option with its variable and its default, and hides passwords, though a variable be bad")
    func help() throws {
        let variables = ["LARDER_REDIS_URL": "redis://me:geheim@h:1", "LARDER_BATCH": "many"]
        let help = OptionEnvironment.$current.withValue(OptionEnvironment(variables: variables)) {
            ZoneCommand.helpMessage(columns: 200)
        }
        for (option, variable) in [
            ("--redis-url", "LARDER_REDIS_URL"), ("--health-listen", "LARDER_HEALTH_LISTEN"),
            ("--instance", "LARDER_INSTANCE"), ("--log-level", "LARDER_LOG_LEVEL"),
            ("--log-format", "LARDER_LOG_FORMAT"), ("--shutdown-seconds", "LARDER_SHUTDOWN_SECONDS"),
            ("--zone", "LARDER_ZONE"), ("--batch", "LARDER_BATCH"),
        ] {
            #expect(help.contains(option) && help.contains("[\(variable)]"), "\(option)\n\(help)")
        }
        #expect(help.contains("redis://me:***@h:1"))
        #expect(!help.contains("geheim"))
        #expect(usageError(["--help"], variables)?.status == 0)
    }

    @Test("An instance that is not named is the role and four hex digits")
    func identity() {
        let identity = ServiceIdentity(role: "bridge")
        #expect(identity.instance.wholeMatch(of: /bridge-[0-9a-f]{4}/) != nil)
        #expect(ServiceIdentity(role: "bridge", instance: "b1").instance == "b1")
    }
}

@Suite("Addresses of servers")
struct ServiceURLTests {
    @Test(
        "A printed address has no password and no query values",
        arguments: [
            ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379"),
            ("redis://:geheim@h:1/0", "redis://:***@h:1/0"),
            ("postgres://me:geheim@h/db?sslmode=x&password=geheim", "postgres://me:***@h/db?sslmode=***&password=***"),
            ("redis://me:ge/he?im@x@h:1", "redis://me:***@h:1"),
            ("redis://me@h", "redis://me@h"),
        ])
    func redaction(text: String, printed: String) throws {
        let url = try #require(ServiceURL(argument: text))
        #expect("\(url)" == printed)
        #expect(String(reflecting: url) == printed)
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("geheim"))
        #expect(url.text == text)
    }

    @Test("What is no address is refused", arguments: ["", "h:1", "redis://", "://h", "re dis://h"])
    func refused(text: String) {
        #expect(ServiceURL(argument: text) == nil)
    }

    @Test(
        "A place to listen is a host and a port",
        arguments: [("127.0.0.1:0", "127.0.0.1", 0), ("[::1]:80", "::1", 80), ("localhost:65535", "localhost", 65535)])
    func hostPort(text: String, host: String, port: Int) {
        #expect(HostPort(argument: text) == HostPort(host: host, port: port))
        #expect(HostPort(host: host, port: port).description == text)
    }

    @Test("What is no host and port is refused", arguments: ["", ":80", "h", "h:", "h:65536", "h:-1", "::1:80"])
    func hostPortRefused(text: String) {
        #expect(HostPort(argument: text) == nil)
    }
}
