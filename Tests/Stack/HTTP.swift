package import Foundation
internal import FoundationNetworking
internal import TestSupport

/// Plain requests, for tests that ask once and look at the answer.
package enum HTTP {
    package struct Answer: Sendable {
        package let status: Int
        package let body: Data
        package let headers: [String: String]

        package var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
        package var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
    }

    package static func get(_ address: String) async -> Answer? { try? await send("GET", address) }

    package static func send(
        _ method: String, _ address: String, token: String? = nil, json: [String: any Sendable]? = nil,
        bytes: [UInt8]? = nil, headers: [String: String] = [:]
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
        if let bytes { request.httpBody = Data(bytes) }
        let (body, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse else { throw TestSupportError("no HTTP answer") }
        let fields = response.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
        return Answer(status: response.statusCode, body: body, headers: Dictionary(fields) { $1 })
    }
}
