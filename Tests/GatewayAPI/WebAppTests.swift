import Foundation
import GatewayAPI
import TestSupport
import Testing

@Suite("The list app for browsers")
struct WebAppTests {
    private static let script = "assets/app-0A1B2C3D.js"
    private static let contents: [String: String] = [
        "index.html": "<!doctype html>", "index.html.br": "page in br", "index.html.gz": "page in gzip",
        script: "run()", "\(script).br": "script in br", "\(script).gz": "script in gzip",
        "assets/core-0123abcd.wasm": "wasm",
        "assets/style-0123abcd.css": "css", "assets/de-0123abcd.json": "{}", "assets/my-component.js": "kept",
        "sw.js": "worker", "manifest.webmanifest": "{}", "icons/larder.svg": "<svg/>", "icons/larder.png": "png",
        "icons/larder.bin": "bytes",
    ]

    private static var app: WebApp {
        get throws { try WebApp(contents.mapValues { Array($0.utf8) }) }
    }

    private struct Answer {
        let status: Int
        let fields: [String: String]
        let body: String
    }

    /// Byte for byte: nothing unpacks what comes, or follows the answer's advice.
    private func send(
        _ path: String, _ headers: [String] = [], method: String = "GET", to gateway: GatewayHarness
    ) async throws -> Answer {
        let socket = try RawSocket(gateway.port)
        let lines = ["\(method) \(path) HTTP/1.1", "Host: larder.test", "Connection: close"] + headers
        _ = await socket.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
        let text = String(decoding: await socket.read().bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].components(separatedBy: "\r\n")
        let fields = head.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (parts[0].lowercased(), parts.dropFirst().joined().trimmingCharacters(in: .whitespaces))
        }
        return Answer(
            status: head[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0,
            fields: Dictionary(fields) { "\($0), \($1)" }, body: parts.dropFirst().joined())
    }

    @Test("The page is at the app's paths, each file at its name, with its type; nothing else is anywhere")
    func paths() async throws {
        try await GatewayHarness.run(app: try Self.app) { gateway in
            for path in ["/", "/login", "/settings", "/list/0123", "/join/a-token", "/?source=home"] {
                let page = try await send(path, to: gateway)
                #expect(page.status == 200 && page.body == "<!doctype html>", "\(path)")
                #expect(page.fields["content-type"] == "text/html; charset=utf-8")
                #expect(page.fields["x-trace-id"]?.count == 16)
            }
            let types = [
                Self.script: "text/javascript; charset=utf-8", "assets/core-0123abcd.wasm": "application/wasm",
                "assets/style-0123abcd.css": "text/css; charset=utf-8", "assets/de-0123abcd.json": "application/json",
                "sw.js": "text/javascript; charset=utf-8", "manifest.webmanifest": "application/manifest+json",
                "icons/larder.svg": "image/svg+xml", "icons/larder.png": "image/png",
                "icons/larder.bin": "application/octet-stream",
            ]
            for (name, type) in types {
                let file = try await send("/\(name)", to: gateway)
                #expect(file.status == 200 && file.body == Self.contents[name], "\(name)")
                #expect(file.fields["content-type"] == type, "\(name)")
                #expect(file.fields["content-length"] == "\(file.body.utf8.count)")
            }
            let nowhere = [
                "/assets/app-99999999.js", "/index.html", "/index.html.br", "/\(Self.script).gz", "/assets", "/list",
                "/list/a/b",
                "/login/", "/assets/../sw.js", "/..%2fsw.js", "/%73w.js", "/icons//larder.svg", "//sw.js",
                "/../../etc/passwd",
            ]
            for path in nowhere {
                let nothing = try await send(path, to: gateway)
                #expect(nothing.status == 404 && nothing.body.contains(#"{"error":{"code":"not_found""#), "\(path)")
            }
            #expect(try await send("/login", method: "POST", to: gateway).fields["allow"] == "GET")
            #expect(try await gateway.send("GET", "/v1/lists").code == "unauthorized")
        }
    }

    @Test("A file comes in the form that the client likes best, each with a tag of its own")
    func forms() async throws {
        try await GatewayHarness.run(app: try Self.app) { gateway in
            var tags: Set<String> = []
            for (accepted, coding, body) in [
                ("gzip, deflate, br", "br", "script in br"), ("gzip", "gzip", "script in gzip"),
                ("identity", nil, "run()"),
            ] as [(String, String?, String)] {
                let file = try await send("/\(Self.script)", ["Accept-Encoding: \(accepted)"], to: gateway)
                #expect(file.status == 200 && file.body == body && file.fields["content-encoding"] == coding)
                #expect(file.fields["vary"] == "Accept-Encoding")
                #expect(file.fields["content-type"] == "text/javascript; charset=utf-8")
                let tag = try #require(file.fields["etag"])
                #expect(tag.hasPrefix("\"") && tags.insert(tag).inserted, "strong, and one a form")
                let head = try await send(
                    "/\(Self.script)", ["Accept-Encoding: \(accepted)"], method: "HEAD", to: gateway)
                var (fields, others) = (file.fields, head.fields)
                for name in ["x-trace-id", "date"] {
                    fields[name] = nil
                    others[name] = nil
                }
                #expect(head.status == 200 && head.body.isEmpty && fields == others)
            }
            let raw = try await send("/sw.js", ["Accept-Encoding: br"], to: gateway)
            #expect(raw.body == "worker" && raw.fields["content-encoding"] == nil)
            #expect(raw.fields["vary"] == "Accept-Encoding")
        }
    }

    @Test("What the client has is not sent again; what changes its name with its content is kept for good")
    func caching() async throws {
        try await GatewayHarness.run(app: try Self.app) { gateway in
            let page = try await send("/", ["Accept-Encoding: br"], to: gateway)
            let tag = try #require(page.fields["etag"])
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let same = try await send("/login", ["Accept-Encoding: br", "If-None-Match: \(known)"], to: gateway)
                #expect(same.status == 304 && same.body.isEmpty, "\(known)")
                for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                    #expect(same.fields[name] == page.fields[name], "\(name)")
                }
            }
            for (known, accepted) in [("\"other\"", "br"), (tag, "gzip")] {
                let other = try await send(
                    "/", ["Accept-Encoding: \(accepted)", "If-None-Match: \(known)"], to: gateway)
                #expect(other.status == 200)
            }
            let kept = try await send("/\(Self.script)", to: gateway)
            #expect(kept.fields["cache-control"] == "public, max-age=31536000, immutable")
            for path in ["/", "/sw.js", "/manifest.webmanifest", "/icons/larder.svg", "/assets/my-component.js"] {
                #expect(try await send(path, to: gateway).fields["cache-control"] == "no-cache", "\(path)")
            }
        }
    }

    @Test("Every answer of the app protects those who open it")
    func protection() async throws {
        try await GatewayHarness.run(app: try Self.app) { gateway in
            for path in ["/", "/join/a-token", "/\(Self.script)", "/sw.js"] {
                let fields = try await send(path, to: gateway).fields
                let policy = try #require(fields["content-security-policy"])
                let parts = Set(policy.components(separatedBy: "; "))
                #expect(
                    parts.isSuperset(of: [
                        "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
                        "connect-src 'self' ws: wss:", "base-uri 'none'", "form-action 'self'",
                        "frame-ancestors 'none'",
                    ]))
                #expect(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"))
                #expect(fields["x-content-type-options"] == "nosniff")
                #expect(fields["referrer-policy"] == "no-referrer", "the path may hold an invitation")
                #expect(fields["cross-origin-opener-policy"] == "same-origin")
                #expect(fields["permissions-policy"]?.contains("geolocation=()") == true)
            }
        }
    }

    @Test("A gateway without the app greets")
    func greeting() async throws {
        try await GatewayHarness.run { gateway in
            let greeting = try await send("/", to: gateway)
            #expect(greeting.status == 200 && greeting.body.hasPrefix("This is Larder"))
            #expect(greeting.fields["content-type"] == "text/plain; charset=utf-8")
            #expect(try await send("/login", to: gateway).status == 404)
        }
    }
}

@Suite("The folder of the list app")
struct WebAppFolderTests {
    private func write(_ name: String, _ bytes: Int = 1, in folder: TemporaryDirectory) throws {
        let file = folder.file(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(count: bytes).write(to: file)
    }

    private func failure(_ folder: TemporaryDirectory) -> String? {
        do {
            _ = try WebAppFolder(folder.url.path).load()
            return nil
        } catch { return "\(error)" }
    }

    @Test("It is read whole, also by a link; what cannot be served is refused in a sentence that says what and where")
    func refusals() throws {
        let folder = try TemporaryDirectory("webapp")
        #expect(failure(folder)?.contains("has no index.html") == true)
        #expect(failure(folder)?.contains(folder.url.path) == true)
        #expect(failure(folder)?.contains("--web-root or LARDER_WEB_ROOT") == true)
        try write("index.html", in: folder)
        try write("assets/app-0123abcd.js", in: folder)
        #expect(failure(folder) == nil)
        let link = try TemporaryDirectory("link")
        try FileManager.default.createSymbolicLink(at: link.file("web"), withDestinationURL: folder.url)
        #expect(throws: Never.self) { try WebAppFolder(link.file("web").path).load() }
        for name in ["list/a.js", "v1/a.json", ".hidden", "a b.js", "assets/é.js"] {
            try write(name, in: folder)
            #expect(failure(folder)?.contains("cannot be called") == true, "\(name)")
            try FileManager.default.removeItem(at: folder.file(name))
            if name.hasPrefix("list") || name.hasPrefix("v1") {
                try FileManager.default.removeItem(at: folder.file(name).deletingLastPathComponent())
            }
        }
        try FileManager.default.createSymbolicLink(
            at: folder.file("key.txt"), withDestinationURL: URL(filePath: "/etc/hostname"))
        #expect(failure(folder)?.contains("“key.txt” cannot be read") == true, "links within are not followed")
    }

    @Test("A folder that is not there, or has too much, is refused")
    func bounds() throws {
        let folder = try TemporaryDirectory("webapp")
        #expect(throws: (any Error).self) { try WebAppFolder(folder.file("none").path).load() }
        try write("index.html", in: folder)
        try write("large.bin", WebApp.bytesMax - 1, in: folder)
        #expect(failure(folder) == nil)
        try write("more.bin", in: folder)
        #expect(failure(folder)?.contains("more than 16777216 bytes") == true)
        try FileManager.default.removeItem(at: folder.file("large.bin"))
        for number in 0..<WebApp.filesMax { try write("many/\(number).txt", in: folder) }
        #expect(failure(folder)?.contains("more than 1000 files") == true)
    }
}
