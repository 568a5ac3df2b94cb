import ArgumentParser
import Foundation
import ListCRDT
import ReplicaStore

/// What `register` and `login` share.
struct EntryOptions: ParsableArguments {
    static let standardServer = "http://127.0.0.1:8080"

    @OptionGroup var device: DeviceOptions

    @Argument(help: "The username.")
    var username: String

    @Option(help: "The password. Better: LARDER_PASSWORD, standard input, or type it when asked.")
    var password: String?

    @Option(help: "The server's address. Environment: LARDER_SERVER. (default: \(standardServer))")
    var server: String?

    private struct Report: Encodable {
        var user: String
        var username: String
        var server: String
    }

    func enter(registering: Bool) async throws {
        let server = server ?? ProcessInfo.processInfo.environment["LARDER_SERVER"] ?? Self.standardServer
        guard let password = password ?? Terminal.password(), !password.isEmpty else {
            throw DeviceError(.usage, "no_password", "A password is needed: type it, or give it on standard input.")
        }
        let store = try await SignIn.enter(
            try device.folder(), server: server, username: username, password: password, registering: registering)
        _ = try await SyncEngine(store: store, transport: GatewayTransport(store))
            .run(.everything, patience: .zero, limit: .seconds(10))
        try device.write(
            Report(user: store.user.hex, username: store.username, server: server),
            """
            \(registering ? "Welcome" : "Welcome back"), \(store.username). \
            This device keeps your lists in \(store.folder.path).
            """
        )
    }
}

struct Register: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Make an account on the server, and log in.")
    @OptionGroup var entry: EntryOptions

    func run() async throws { try await entry.enter(registering: true) }
}

struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Log in on this device.")
    @OptionGroup var entry: EntryOptions

    func run() async throws { try await entry.enter(registering: false) }
}

struct Logout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End the session. The lists stay on this device for the next log-in.")
    @OptionGroup var device: DeviceOptions

    func run() async throws {
        let store = try await device.open()
        let pending = try await store.pendingCount()
        try await store.logOut()
        let kept = pending == 0 ? "" : " \(pending) operations have not reached the server: log in again to send them."
        try device.write(["pending": pending], "Logged out.\(kept)")
    }
}
