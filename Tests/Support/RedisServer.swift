import Foundation
import Synchronization

/// A private redis-server: own port, own folder, no snapshots. Ends with this object.
package final class RedisServer: Sendable {
    package struct Options: Sendable {
        /// A killed server comes back with all it answered.
        package var appendOnly = false
        /// `always`, `everysec` or `no`, as `appendfsync` in redis.conf.
        package var fsync = "always"
        package var password: String?
        package var tls = false

        package init(appendOnly: Bool = false, fsync: String = "always", password: String? = nil, tls: Bool = false) {
            self.appendOnly = appendOnly
            self.fsync = fsync
            self.password = password
            self.tls = tls
        }
    }

    package let port: Int
    package let options: Options
    package let directory: TemporaryDirectory
    private let process = Mutex<ChildProcess?>(nil)

    /// A server that is not started yet.
    package init(_ options: Options = Options()) throws {
        self.options = options
        directory = try TemporaryDirectory("redis")
        port = try LoopbackPort.free()
        if options.tls { try makeCertificate() }
    }

    deinit { process.withLock { $0?.signal(SIGKILL) } }

    /// A server that accepts connections.
    package static func started(_ options: Options = Options()) async throws -> RedisServer {
        let server = try RedisServer(options)
        try await server.start()
        return server
    }

    package var url: String {
        let login = options.password.map { ":\($0)@" } ?? ""
        let end = "\(login)127.0.0.1:\(port)"
        return options.tls ? "rediss://\(end)?ca=\(certificate.path)" : "redis://\(end)"
    }

    /// Starts it, again too, on the same port and with the data it has; returns when it accepts connections.
    package func start() async throws {
        let child = try ChildProcess(["/usr/bin/redis-server"] + arguments, log: directory.file("log"))
        process.withLock { $0 = child }
        try await eventually(within: .seconds(20), "Redis accepts connections on port \(port)") {
            guard child.isRunning else { throw TestSupportError("Redis ended: \(log)") }
            return LoopbackPort.accepts(port)
        }
    }

    package func stop() async throws { try await end(SIGTERM) }

    /// As a crash: no goodbye, nothing saved.
    package func kill() async throws { try await end(SIGKILL) }

    /// It keeps its connections, accepts more, and answers nothing.
    package func pause() async throws { try await process.withLock { $0 }?.pause() }

    package func resume() { process.withLock { $0?.signal(SIGCONT) } }

    /// 0 while it does not run.
    package var processID: Int32 { process.withLock { $0?.processID } ?? 0 }

    package func forgetData() throws {
        for file in ["appendonlydir", "dump.rdb"].map(directory.file)
        where FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.removeItem(at: file)
        }
    }

    package var log: String { (try? String(contentsOf: directory.file("log"), encoding: .utf8)) ?? "" }

    private func end(_ signal: Int32) async throws {
        let child = process.withLock { process in
            defer { process = nil }
            return process
        }
        try await child?.end(signal)
    }

    private var arguments: [String] {
        var arguments = ["--bind", "127.0.0.1", "--dir", directory.url.path, "--save", ""]
        arguments += ["--appendonly", options.appendOnly ? "yes" : "no", "--appendfsync", options.fsync]
        arguments += ["--auto-aof-rewrite-min-size", "256mb"]
        if let password = options.password { arguments += ["--requirepass", password] }
        guard options.tls else { return arguments + ["--port", "\(port)"] }
        let (certificate, key) = (certificate.path, directory.file("key.pem").path)
        arguments += ["--port", "0", "--tls-port", "\(port)", "--tls-auth-clients", "no"]
        return arguments + ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate]
    }

    private var certificate: URL { directory.file("certificate.pem") }

    private func makeCertificate() throws {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-keyout", directory.file("key.pem").path, "-out", certificate.path,
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw TestSupportError("openssl made no certificate") }
    }
}
