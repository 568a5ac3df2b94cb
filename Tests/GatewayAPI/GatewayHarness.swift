import Accounts
import Foundation
import FoundationNetworking
import GatewayAPI
import JobQueue
import ListCRDT
import Logging
import Observability
import Redis
import Synchronization
import TestSupport

/// A gateway on a free port, over a ring in memory and a private Redis. Errands are collected, not worked.
struct GatewayHarness: Sendable {
    let ring: MemoryRing
    let gateway: Gateway
    let key: SigningKey
    let port: Int
    let errands: Errands

    final class Errands: Sendable {
        let jobs = Mutex<[NewJob]>([])
    }

    static func run(
        app: WebApp? = nil, _ body: @Sendable @escaping (GatewayHarness) async throws -> Void
    ) async throws {
        let redis = try await RedisServer.started()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = RedisClient(try RedisConfiguration(url: redis.url), name: "gateway-test", logger: logger)
        let (ring, key, errands) = (MemoryRing(), SigningKey.generate(), Errands())
        var parts = Gateway.Parts(
            ring: ring, redis: client, key: key, addErrand: { job in errands.jobs.withLock { $0.append(job) } },
            publicURL: { "http://larder.test" }, liveURLs: { [] },
            now: { UInt64(Date().timeIntervalSince1970 * 1_000) }, logger: logger)
        parts.app = app
        parts.hasher = PasswordHasher(cost: ScryptCost(log2N: 4, r: 8, p: 1))
        let gateway = await Gateway(parts)
        let server = GatewayServer(
            gateway, listen: HostPort(host: "127.0.0.1", port: 0), logger: logger)
        try await client.whileRunning {
            try await eventually(within: .seconds(20), "Redis is connected") { client.trouble == nil }
            try await withThrowingTaskGroup { group in
                group.addTask { try await server.run() }
                defer { group.cancelAll() }
                let port = try await server.boundAddress().port
                try await body(
                    GatewayHarness(ring: ring, gateway: gateway, key: key, port: port, errands: errands))
            }
        }
        try await redis.stop()
    }

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: Data

        var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body) as? [String: Any]) ?? [:] }
        var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
        var code: String { error["code"] as? String ?? "" }
        func text(_ name: String) -> String { json[name] as? String ?? "" }
        func array(_ name: String) -> [[String: Any]] { json[name] as? [[String: Any]] ?? [] }
    }

    func send(
        _ method: String, _ path: String, _ json: String? = nil, token: String? = nil,
        type: String = "application/json",
        bytes: [UInt8]? = nil
    ) async throws -> Answer {
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else {
            throw TestSupportError("no URL: \(path)")
        }
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        if let body = bytes.map({ Data($0) }) ?? json.map({ Data($0.utf8) }) {
            request.setValue(type, forHTTPHeaderField: "Content-Type")
            request.httpBody = body
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let http = response as? HTTPURLResponse else { throw TestSupportError("no HTTP") }
        let headers = http.allHeaderFields.map { ("\($0.key)".lowercased(), "\($0.value)") }
        return Answer(status: http.statusCode, headers: Dictionary(headers) { first, _ in first }, body: data)
    }

    /// Registers someone and returns their access token.
    func register(_ name: String) async throws -> (token: String, user: UserID) {
        let answer = try await send("POST", "/v1/users", #"{"username":"\#(name)","password":"correct horse"}"#)
        let user = (answer.json["user"] as? [String: Any])?["id"] as? String ?? ""
        guard answer.status == 201, let id = UserID(hex: user) else {
            throw TestSupportError("registering \(name): \(answer.status) \(answer.json)")
        }
        return (answer.text("accessToken"), id)
    }
}
