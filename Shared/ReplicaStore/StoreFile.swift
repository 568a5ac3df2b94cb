internal import Foundation

/// The file that a store lives in.
enum StoreFile {
    /// Makes it, readable by its owner alone, when there is none. SQLite gives its companions the same mode.
    static func create(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw DeviceError.refused("data_folder", "\(path) cannot be written.")
        }
    }

    /// Where the file lives: the machine and the inode. A copy has another home.
    static func home(of path: String) throws -> String {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        let inode = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0
        let machine = (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
        return "\(machine.trimmingCharacters(in: .whitespacesAndNewlines)):\(inode)"
    }
}
