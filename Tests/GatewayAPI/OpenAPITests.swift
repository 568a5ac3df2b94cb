import Foundation
import GatewayAPI
import HTTPTypes
import Testing

@Suite("The OpenAPI document")
struct OpenAPITests {
    private typealias Object = [String: Any]

    private static let methods: Set<String> = ["get", "put", "post", "delete", "patch"]

    private func document() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.bytes)) as? [String: Any])
    }

    /// `get /v1/lists` → the operation.
    private func operations() throws -> [String: [String: Any]] {
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        var operations: [String: [String: Any]] = [:]
        for (path, item) in paths {
            for (method, operation) in item where Self.methods.contains(method) {
                operations["\(method) \(path)"] = operation as? [String: Any]
            }
        }
        return operations
    }

    @Test("It describes every route, and no other; and says of each whether it needs a token")
    func routes() async throws {
        try await GatewayHarness.run { harness in
            let operations = try operations()
            let routes = harness.gateway.table.routes
            #expect(Set(routes.map { "\($0.method.rawValue.lowercased()) \($0.path)" }) == Set(operations.keys))
            for route in routes {
                let operation = operations["\(route.method.rawValue.lowercased()) \(route.path)"]
                let isOpen = (operation?["security"] as? [Any])?.isEmpty == true
                #expect(isOpen == !route.needsToken, "\(route.path)")
                #expect((operation?["responses"] as? Object)?["401"] != nil || isOpen, "\(route.path)")
            }
            let served = try await harness.send("GET", "/v1/openapi.json")
            #expect(Array(served.body) == OpenAPIDocument.bytes)
        }
    }

    @Test("Its error codes are those of the gateway")
    func codes() throws {
        let schemas = (try document()["components"] as? Object)?["schemas"] as? Object
        let error = ((schemas?["Error"] as? Object)?["properties"] as? Object)?["error"] as? Object
        let code = (error?["properties"] as? Object)?["code"] as? Object
        #expect(Set(code?["enum"] as? [String] ?? []) == Set(APIError.Code.allCases.map(\.rawValue)))
    }

    @Test("Every reference leads somewhere, and every path parameter is described")
    func references() throws {
        let document = try document()
        var open: [Any] = [document]
        while let value = open.popLast() {
            if let list = value as? [Any] { open += list }
            guard let object = value as? Object else { continue }
            open += object.values
            if let reference = object["$ref"] as? String {
                #expect(find(reference, in: document) != nil, "\(reference)")
            }
        }
        for (path, item) in try #require(document["paths"] as? [String: Object]) {
            let named = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                String($0.dropFirst().dropLast())
            }
            let described = (item["parameters"] as? [Object] ?? []).compactMap { $0["$ref"] as? String }
            #expect(described == named.map { "#/components/parameters/\($0)" }, "\(path)")
        }
    }

    private func find(_ reference: String, in document: [String: Any]) -> Any? {
        reference.split(separator: "/").dropFirst().reduce(document as Any?) { found, step in
            (found as? [String: Any])?[String(step)]
        }
    }
}
