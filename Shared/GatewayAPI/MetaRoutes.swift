internal import HTTPTypes
internal import Hummingbird

/// What the API says about itself, and where live updates are.
struct MetaRoutes: Sendable {
    private struct Endpoints: Encodable {
        var live: String
    }

    /// The WebSocket addresses of the bridges that are up.
    let liveURLs: @Sendable () async throws -> [String]

    var routes: [Route] {
        [
            .open(.get, "/") { _ in
                Answer(Array(Self.greeting.utf8), "text/plain; charset=utf-8").response
            },
            .open(.get, "/v1/openapi.json") { _ in
                Answer(OpenAPIDocument.bytes, "application/json; charset=utf-8").response
            },
            .open(.get, "/v1/endpoints") { _ in
                // Any will do: devices spread over those that are up.
                guard let live = try await liveURLs().randomElement() else {
                    throw APIError(
                        .unavailable, "Live updates are not available at this moment. Lists sync all the same.")
                }
                return .json(Endpoints(live: live))
            },
        ]
    }

    private static let greeting = """
        This is Larder: shared lists that are kept on people's own devices and made to agree.
        The API is described at /v1/openapi.json, everything else in the project's README.

        """
}

/// The OpenAPI 3.1 document, as it is in `openapi.json`.
package enum OpenAPIDocument {
    package static var bytes: [UInt8] { PackageResources.openapi_json }
}
