package import ArgumentParser

/// The options of all five services. Precedence: command line, environment variable, default.
package struct CommonOptions: ParsableArguments, Sendable {
    package static let shutdownSecondsMax = 600

    @Option(variable: "LARDER_REDIS_URL", help: "Redis, which carries jobs and streams.", valueName: "url")
    package var redisURL: ServiceURL = "redis://127.0.0.1:6379"

    @Option(
        variable: "LARDER_HEALTH_LISTEN",
        help: "Where /healthz, /readyz and /metrics are served; port 0 takes a free one and logs it.",
        valueName: "host:port")
    package var healthListen = HostPort(host: "127.0.0.1", port: 0)

    @Option(
        variable: "LARDER_INSTANCE",
        help: "Name of this running copy, unique; if empty the role and four hex digits.", valueName: "name")
    package var instance = ""

    @Option(variable: "LARDER_LOG_LEVEL", help: "Least important lines to log.", valueName: "level")
    package var logLevel = LogLevel.info

    @Option(variable: "LARDER_LOG_FORMAT", help: "Lines for people, or a JSON object a line.", valueName: "format")
    package var logFormat = LogFormat.text

    @Option(
        variable: "LARDER_SHUTDOWN_SECONDS",
        help: "How long a stop may take to finish what was accepted.", valueName: "seconds")
    package var shutdownSeconds = 20

    package init() {}

    package func validate() throws {
        try OptionEnvironment.current.validate()
        guard (1...Self.shutdownSecondsMax).contains(shutdownSeconds) else {
            throw ValidationError("--shutdown-seconds must be from 1 to \(Self.shutdownSecondsMax).")
        }
    }
}
