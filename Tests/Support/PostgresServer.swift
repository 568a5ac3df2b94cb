import Foundation
import Synchronization

/// A private Postgres: own port, own folder, TCP only, everyone trusted. Ends with this object.
package final class PostgresServer: Sendable {
    package struct Options: Sendable {
        /// Off is faster, and loses data when the machine (not the server) crashes.
        package var fsync = true
        /// Further settings, as in postgresql.conf.
        package var settings: [String: String] = [:]

        package init(fsync: Bool = true, settings: [String: String] = [:]) {
            self.fsync = fsync
            self.settings = settings
        }
    }

    package let port: Int
    package let options: Options
    package let directory: TemporaryDirectory
    private let process = Mutex<ChildProcess?>(nil)

    /// A server that is not started yet, with an empty database.
    package init(_ options: Options = Options()) throws {
        self.options = options
        directory = try TemporaryDirectory("postgres")
        port = try LoopbackPort.free()
    }

    deinit { process.withLock { child in family(of: child).forEach { Foundation.kill($0, SIGKILL) } } }

    /// A server that accepts connections.
    package static func started(_ options: Options = Options()) async throws -> PostgresServer {
        let server = try PostgresServer(options)
        try await server.start()
        return server
    }

    package var url: String { "postgres://postgres@127.0.0.1:\(port)/postgres" }

    /// Starts it, again too, on the same port and with the data it has; returns when it accepts connections.
    package func start() async throws {
        if !FileManager.default.fileExists(atPath: data.path) {
            try await run(["/bin/cp", "-a", template.value.path, data.path])
        }
        let child = try ChildProcess(
            asServerUser + [bin("postgres"), "-D", data.path] + arguments, log: directory.file("log"))
        process.withLock { $0 = child }
        try await eventually(within: .seconds(30), "Postgres accepts connections on port \(port)") {
            guard child.isRunning else { throw TestSupportError("Postgres ended: \(log)") }
            let status = (try? String(contentsOf: data.appending(path: "postmaster.pid"), encoding: .utf8)) ?? ""
            return status.hasPrefix("\(child.processID)\n") && status.contains("\nready")
        }
    }

    /// Ends connections, rolls back what is open, writes everything.
    package func stop() async throws {
        let child = take()
        try await child?.end(SIGINT)
    }

    /// As a crash: the server and all its processes are gone at once.
    package func kill() async throws {
        guard let child = take() else { return }
        // It starts no more processes.
        try await child.pause()
        let family = family(of: child)
        family.forEach { Foundation.kill($0, SIGKILL) }
        try await child.end(SIGKILL)
        try await eventually(within: .seconds(20), "the server's processes are gone") {
            family.allSatisfy { ProcessState(of: $0) == .ended }
        }
    }

    /// It keeps its connections, accepts more, and answers nothing.
    package func pause() async throws {
        guard let child = process.withLock({ $0 }) else { return }
        // It starts no more processes.
        try await child.pause()
        let family = family(of: child)
        family.forEach { Foundation.kill($0, SIGSTOP) }
        try await eventually(within: .seconds(20), "the server's processes stand still") {
            family.allSatisfy { ProcessState(of: $0) != .other }
        }
    }

    package func resume() { process.withLock { child in family(of: child).forEach { Foundation.kill($0, SIGCONT) } } }

    /// 0 while it does not run.
    package var processID: Int32 { process.withLock { $0?.processID } ?? 0 }

    package var log: String { (try? String(contentsOf: directory.file("log"), encoding: .utf8)) ?? "" }

    private var data: URL { directory.file("data") }

    private func take() -> ChildProcess? {
        process.withLock { process in
            defer { process = nil }
            return process
        }
    }

    private var arguments: [String] {
        let ours = [
            "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": "",
            "fsync": options.fsync ? "on" : "off", "shared_buffers": "32MB", "max_connections": "60",
        ]
        let settings = ours.merging(options.settings) { $1 }
        return settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }
}

/// An initialised data folder that every server of this process begins with a copy of; removed when the process ends.
private let templateURL = URL(filePath: NSTemporaryDirectory()).appending(path: "larder-postgres-template-\(getpid())")

private let template = Task {
    try FileManager.default.createDirectory(at: templateURL, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(at: templateURL) }
    if !asServerUser.isEmpty {
        try FileManager.default.setAttributes([.ownerAccountName: "postgres"], ofItemAtPath: templateURL.path)
    }
    let options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
    try await run(asServerUser + [bin("initdb"), "-D", templateURL.path] + options)
    return templateURL
}

/// Postgres refuses to run as root.
private let asServerUser =
    getuid() == 0 ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []

/// The newest installed version's program.
private func bin(_ name: String) -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let newest = versions.compactMap { Int($0) }.max()
    return newest.map { "\(root)/\($0)/bin/\(name)" } ?? "/usr/bin/\(name)"
}

private func run(_ command: [String]) async throws {
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    guard status == 0 else { throw TestSupportError("failed: \(command.joined(separator: " "))") }
}

/// The process and those that it started.
private func family(of child: ChildProcess?) -> [Int32] {
    guard let child else { return [] }
    let list = "/proc/\(child.processID)/task/\(child.processID)/children"
    let children = (try? String(contentsOfFile: list, encoding: .utf8)) ?? ""
    return [child.processID] + children.split(separator: " ").compactMap { Int32($0) }
}
