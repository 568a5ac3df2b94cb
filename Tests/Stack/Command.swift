internal import Foundation
internal import TestSupport

/// What a command said, and how it ended.
package struct CommandResult: Sendable {
    package let status: Int32
    package let output: String
    package let errors: String

    package static func of(_ path: String, _ arguments: [String], environment: [String: String]) async throws
        -> CommandResult
    {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let files = try TemporaryDirectory("command")
        let (output, errors) = (files.file("output"), files.file("errors"))
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { process in
                let text = { (file: URL) in (try? String(contentsOf: file, encoding: .utf8)) ?? "" }
                continuation.resume(
                    returning: CommandResult(
                        status: process.terminationStatus, output: text(output), errors: text(errors)))
                withExtendedLifetime(files) {}
            }
            do { try process.run() } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}
