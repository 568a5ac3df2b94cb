internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Answers what asks for a file or a page of the app; everything else goes on to the API.
struct WebAppAnswers: RouterMiddleware {
    let app: WebApp

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .get || request.method == .head, let file = app.file(at: request.uri.path) else {
            return try await next(request, context)
        }
        let answer = Self.answer(file, to: request.headers)
        return request.method == .head ? answer.createHeadResponse() : answer
    }

    private static func answer(_ file: WebApp.File, to asked: HTTPFields) -> Response {
        let coding = ContentCoding.best(of: file.forms.map(\.coding), accepting: asked[.acceptEncoding])
        guard let form = file.forms.first(where: { $0.coding == coding }) ?? file.forms.last else {
            return Response(status: .notFound)
        }
        var headers = protection
        headers[.vary] = "Accept-Encoding"
        headers[.eTag] = form.tag
        headers[.cacheControl] = file.isHashed ? "public, max-age=31536000, immutable" : "no-cache"
        if let known = asked[.ifNoneMatch], isAmong(known, form.tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.type
        if form.coding != .identity { headers[.contentEncoding] = form.coding.rawValue }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: form.body))
    }

    /// `If-None-Match` compares weakly (RFC 9110, 13.1.2). Our tags have no commas in them.
    private static func isAmong(_ known: String, _ tag: String) -> Bool {
        known.split(separator: ",").contains { element in
            let known = element.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return known == "*" || (known.hasPrefix("W/") ? known.dropFirst(2) : known) == tag
        }
    }

    /// What browsers are told on every answer of the app: to load nothing from elsewhere and run nothing that is not a file here, to be
    /// framed by nobody, and to tell nobody the address, which may hold an invitation.
    static let protection: HTTPFields = {
        var fields = HTTPFields()
        let all = [
            (
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
                    + "connect-src 'self' ws: wss:; manifest-src 'self'; worker-src 'self'; "
                    + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ]
        for (name, value) in all { if let name = HTTPField.Name(name) { fields[name] = value } }
        return fields
    }()
}
