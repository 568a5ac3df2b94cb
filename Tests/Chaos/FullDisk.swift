internal import Foundation
internal import TestStack
internal import TestSupport

/// The last Postgres gets a small file system of its own, which is then filled to the last byte.
enum FullDisk {
    private static let megabytes = 512

    static var fault: Fault {
        Fault(
            "a full disk under one Postgres", of: "Postgres", for: .seconds(8), obstacle: obstacle, isAlone: true,
            inject: { stage in
                guard let server = stage.stack.zones.last else { return }
                try await moveOntoSmallDisk(server)
                // It ends when nothing more fits.
                let filling = try await CommandResult.of(
                    "/bin/dd", ["if=/dev/zero", "of=\(filler(server))", "bs=64K"], environment: ["LC_ALL": "C"])
                guard filling.errors.contains("No space left") else {
                    throw TestSupportError("the disk is not full: \(filling.errors)")
                }
            },
            heal: { stage in
                guard let server = stage.stack.zones.last else { return }
                try FileManager.default.removeItem(atPath: filler(server))
                // A server that could not write its log has ended itself.
                if !LoopbackPort.accepts(server.port) { try await server.start() }
            },
            evidence: { stage, before in
                let said = stage.stack.zones.last?.log.dropFirst(before.postgresLogs.last ?? 0)
                return said?.contains("No space left on device") == true ? "No space left on device" : nil
            })
    }

    /// File systems are root's to mount.
    private static var obstacle: String? { geteuid() == 0 ? nil : "only root may mount a small file system" }

    private static func disk(_ server: PostgresServer) -> String { server.directory.file("disk").path }
    private static func filler(_ server: PostgresServer) -> String { disk(server) + "/filler" }

    private static func moveOntoSmallDisk(_ server: PostgresServer) async throws {
        let (disk, data) = (disk(server), server.directory.file("data").path)
        guard !FileManager.default.fileExists(atPath: disk) else { return }
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try await server.stop()
        try await run("/bin/mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=755", "larder-chaos", disk)
        try await run("/bin/cp", "-a", data, disk + "/data")
        try FileManager.default.moveItem(atPath: data, toPath: data + "-before")
        try FileManager.default.createSymbolicLink(atPath: data, withDestinationPath: disk + "/data")
        try await server.start()
    }

    /// When nothing is tried any more: the server ends, and its small file system goes.
    static func release(_ stack: Stack) async {
        guard let server = stack.zones.last, FileManager.default.fileExists(atPath: disk(server)) else { return }
        try? await server.stop()
        _ = try? await CommandResult.of("/bin/umount", [disk(server)], environment: [:])
    }

    private static func run(_ program: String, _ arguments: String...) async throws {
        let result = try await CommandResult.of(program, arguments, environment: [:])
        guard result.status == 0 else { throw TestSupportError("\(program) \(arguments): \(result.errors)") }
    }
}
