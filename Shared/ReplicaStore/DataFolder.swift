package import ListCRDT
internal import Foundation

/// Where a person's accounts live on this device: one SQLite file each, and the name of the current one. Only its owner
/// may read it.
package struct DataFolder: Sendable {
    package let path: String

    /// - Parameter path: nil: `LARDER_DATA`, or `~/.local/share/larder`.
    package init(path: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let home = environment["HOME"] ?? NSHomeDirectory()
        self.path = path ?? environment["LARDER_DATA"] ?? "\(home)/.local/share/larder"
        try FileManager.default.createDirectory(
            atPath: self.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    package func storePath(of user: UserID) -> String { "\(path)/\(user.hex).sqlite" }

    private var currentPath: String { "\(path)/current" }

    /// Whose account the commands use; nil: nobody is logged in.
    package var currentUser: UserID? {
        guard let text = try? String(contentsOfFile: currentPath, encoding: .utf8) else { return nil }
        return UserID(hex: text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    package func setCurrent(_ user: UserID?) throws {
        if let user {
            try user.hex.write(toFile: currentPath, atomically: true, encoding: .utf8)
        } else if FileManager.default.fileExists(atPath: currentPath) {
            try FileManager.default.removeItem(atPath: currentPath)
        }
    }

    /// Waits until no other process holds the lock of this name, at most `patience`; nil: still held.
    func lock(_ name: String, patience: Duration) async throws -> FileLock? {
        let deadline = ContinuousClock.now + patience
        repeat {
            if let lock = try FileLock(path: "\(path)/\(name).lock") { return lock }
            try await Task.sleep(for: .milliseconds(20))
        } while ContinuousClock.now < deadline
        return nil
    }
}
