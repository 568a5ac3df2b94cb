import Foundation
import FoundationNetworking
import Synchronization
import TestSupport

/// What a command said, and how it ended.
struct CommandResult: Sendable {
    let status: Int32
    let output: String
    let errors: String

    static func of(_ path: String, _ arguments: [String], environment: [String: String]) async throws -> CommandResult {
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

enum HTTP {
    struct Answer: Sendable {
        let status: Int
        let body: Data
        let headers: [String: String]

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
        var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
    }

    static func get(_ address: String) async -> Answer? { try? await send("GET", address) }

    static func send(
        _ method: String, _ address: String, token: String? = nil, json: [String: any Sendable]? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        guard let url = URL(string: address) else { throw TestSupportError("no address: \(address)") }
        var request = URLRequest(url: url, timeoutInterval: 20)
        request.httpMethod = method
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        if let json {
            request.httpBody = try JSONSerialization.data(withJSONObject: json)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (body, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw TestSupportError("no HTTP answer") }
        let fields = response.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
        return Answer(status: response.statusCode, body: body, headers: Dictionary(fields) { $1 })
    }
}
