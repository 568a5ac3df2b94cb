internal import Foundation

/// A request that nobody well-behaved sends, and what the API's documents say it is answered.
package struct HostileRequest: Sendable, CustomStringConvertible {
    package enum Outcome: Sendable, Equatable {
        /// An error in the API's form; the connection lives on or not.
        case refused(Int, String)
        /// Not HTTP: 400 without a body, and the connection is closed.
        case dropped
        /// Harmless: taken, with this status.
        case taken(Int)
    }

    package let name: String
    package let bytes: [UInt8]
    package let outcome: Outcome

    package var description: String { name }

    init(_ name: String, _ bytes: [UInt8], _ outcome: Outcome) {
        self.name = name
        self.bytes = bytes
        self.outcome = outcome
    }
}

/// All of them, as a person with a valid token sends them.
package struct HostileRequests: Sendable {
    private static let mebibyte = 1 << 20

    private let token: String

    package init(token: String) { self.token = token }

    package var all: [HostileRequest] { json + bodies + framing + heads + paths }

    private func json(_ body: String) -> [UInt8] { json(Array(body.utf8)) }

    private func json(_ body: [UInt8], _ headers: [String] = []) -> [UInt8] {
        RawHTTP.request("POST", "/v1/lists", token: token, headers: headers, body: body)
    }

    /// Bodies that are not JSON, or not of the right shape.
    private var json: [HostileRequest] {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let digits = String(repeating: "9", count: 500_000)
        let malformed: [(String, [UInt8])] = [
            ("half of a JSON object", Array(#"{"name":"#.utf8)), ("nothing", []),
            ("noise", (0...255).map { UInt8($0) }),
            ("bytes that are no UTF-8", Array(#"{"name":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)),
            ("an overlong encoding", Array(#"{"name":""#.utf8) + [0xc0, 0xaf] + Array(#""}"#.utf8)),
            ("half a surrogate pair", Array(#"{"name":"\ud800"}"#.utf8)),
            ("UTF-16", Array(#"{"name":"x"}"#.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })),
            ("a zero byte in a string", Array(#"{"name":"a"#.utf8) + [0] + Array(#""}"#.utf8)),
            ("100,000 arrays in one another", Array(deep.utf8)),
            ("the same under a field that nobody reads", Array(#"{"name":"x","more":\#(deep)}"#.utf8)),
        ]
        let invalid = [
            ("a number for a string", #"{"name":1}"#), ("null for a string", #"{"name":null}"#),
            ("an array for a string", #"{"name":["x"]}"#), ("an array for an object", "[]"),
            ("null for an id", #"{"name":"x","id":null}"#), ("a number out of range", #"{"name":1e999}"#),
            ("a number of 500,000 digits", #"{"name":\#(digits)}"#), ("no name", "{}"),
            ("a name of spaces", #"{"name":" \n "}"#), ("no identifier", #"{"name":"x","id":"../../etc/passwd"}"#),
        ]
        return malformed.map { HostileRequest("JSON: \($0.0)", json($0.1), .refused(400, "malformed")) }
            + invalid.map { HostileRequest("JSON: \($0.0)", json($0.1), .refused(422, "invalid_field")) } + [
                HostileRequest(
                    "JSON: a name of 501 characters", json(#"{"name":"\#(String(repeating: "é", count: 501))"}"#),
                    .refused(422, "limit_exceeded")),
                HostileRequest("JSON: a key twice", json(#"{"name":"first","name":"second"}"#), .taken(201)),
            ]
    }

    /// Bodies that are too long, packed, or of another type.
    private var bodies: [HostileRequest] {
        let ten = [UInt8](repeating: 0x78, count: 10 * Self.mebibyte)
        let chunk = Array("10000\r\n".utf8) + ten.prefix(65_536) + Array("\r\n".utf8)
        let chunks = Array(repeatElement(chunk, count: 160).joined()) + Array("0\r\n\r\n".utf8)
        return [
            HostileRequest("10 MiB, declared and sent", json(ten), .refused(413, "too_large")),
            HostileRequest("10 MiB, declared alone", lone(["Content-Length: 10485760"]), .refused(413, "too_large")),
            HostileRequest("10 MiB in chunks", lone([Self.chunked]) + chunks, .refused(413, "too_large")),
            HostileRequest(
                "a bomb packed with gzip", json(Self.bomb, ["Content-Encoding: gzip"]),
                .refused(415, "unsupported_media_type")),
            HostileRequest("gzip that does not say so", json(Self.bomb), .refused(400, "malformed")),
            HostileRequest(
                "a form", RawHTTP.request("POST", "/v1/lists", token: token, type: "text/plain", body: [0x7b, 0x7d]),
                .refused(415, "unsupported_media_type")),
            HostileRequest(
                "no sync", RawHTTP.request("POST", "/v1/sync", token: token, type: "text/html", body: [0x7b, 0x7d]),
                .refused(415, "unsupported_media_type")),
        ]
    }

    /// What begins like zeros packed with gzip. That it would not unpack to its end nobody gets to know.
    private static let bomb: [UInt8] =
        [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xed, 0xc1, 1, 1] + [UInt8](repeating: 0, count: 64)
        + [0x80, 0x90, 0xfe, 0xaf, 0xee, 8, 0x0a]
    private static let chunked = "Transfer-Encoding: chunked"

    /// A head of a POST with these headers of its own about the body.
    private func lone(_ headers: [String]) -> [UInt8] {
        RawHTTP.head(
            "POST", "/v1/lists", ["Authorization: Bearer \(token)", "Content-Type: application/json"] + headers)
    }

    /// Where one request ends and the next begins is said twice, or falsely: another server may take it otherwise.
    private var framing: [HostileRequest] {
        let body = Array(#"{"name":"x"}"#.utf8)
        let chunk = Array("c\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
        let length = "Content-Length: 12"
        let heads: [(String, [String], [UInt8])] = [
            ("two lengths", [length, "Content-Length: 13"], body), ("one length twice", [length, length], body),
            ("a length and chunks", ["Content-Length: 5", Self.chunked], chunk),
            ("chunks and a length", [Self.chunked, "Content-Length: 5"], chunk),
            ("chunks that are not last", ["Transfer-Encoding: chunked, identity"], chunk),
            ("a space before the colon", ["Transfer-Encoding : chunked"], chunk),
            ("a length with a sign", ["Content-Length: +12"], body),
            ("a negative length", ["Content-Length: -1"], body),
            ("a length past all numbers", ["Content-Length: 99999999999999999999999"], body),
            ("a folded header", ["X-Folded: a\r\n b", length], body),
        ]
        // The head was a request: the error has the API's form. Nothing after it is read.
        let chunks: [(String, String)] = [
            ("a chunk of no size", "zz\r\nx\r\n0\r\n\r\n"),
            ("a chunk of 2^68 bytes", "fffffffffffffffff\r\nx\r\n0\r\n\r\n"),
            ("a chunk longer than it says", "1\r\nxxxx\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        ]
        let unknown = lone(["Transfer-Encoding: xchunked"]) + chunk
        return [HostileRequest("framing: an unknown coding", unknown, .refused(400, "malformed"))]
            + heads.map { HostileRequest("framing: \($0.0)", lone($0.1) + $0.2, .dropped) }
            + chunks.map {
                HostileRequest(
                    "framing: \($0.0)", lone([Self.chunked]) + Array($0.1.utf8), .refused(400, "malformed"))
            }
    }

    /// What is not HTTP/1.1, or too much of it.
    private var heads: [HostileRequest] {
        let long = String(repeating: "x", count: 100_000)
        let texts = [
            ("a header of 100,000 bytes", "GET / HTTP/1.1\r\nHost: x\r\nX: \(long)\r\n\r\n"),
            ("500 headers", "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: y\r\n", count: 500) + "\r\n"),
            ("an address of 100,000 bytes", "GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("a zero byte in a header", "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"),
            ("lines that end in LF alone", "GET / HTTP/1.1\nHost: x\n\n"), ("HTTP/0.9", "GET /\r\n\r\n"),
            ("HTTP/3.0", "GET / HTTP/3.0\r\nHost: x\r\n\r\n"), ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            ("an unknown method", "STEAL / HTTP/1.1\r\nHost: x\r\n\r\n"),
            ("a TLS greeting", "\u{16}\u{3}\u{1}\0\0\r\n\r\n"),
        ]
        let invalid: [(String, [UInt8])] = [
            ("noise", (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }),
            (
                "an address that is no ASCII",
                Array("GET /v1/lists/".utf8) + [0xff, 0xfe] + Array(" HTTP/1.1\r\n\r\n".utf8)
            ),
        ]
        let token = Array("GET /v1/lists HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ".utf8) + [0xff, 0xc0, 0xaf]
        return texts.map { HostileRequest("head: \($0.0)", Array($0.1.utf8), .dropped) }
            + invalid.map { HostileRequest("head: \($0.0)", $0.1, .dropped) } + [
                HostileRequest(
                    "head: a token that is no UTF-8", token + Array("\r\n\r\n".utf8),
                    .refused(401, "unauthorized")),
                HostileRequest("head: TRACE", RawHTTP.head("TRACE", "/"), .refused(405, "method_not_allowed")),
                HostileRequest("head: CONNECT", RawHTTP.head("CONNECT", "x:80"), .refused(404, "not_found")),
            ]
    }

    private var paths: [HostileRequest] {
        let authorization = ["Authorization: Bearer \(token)"]
        let ids = Self.injections.map { text in
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        }
        return ids.map {
            HostileRequest(
                "path: list \($0)", RawHTTP.head("GET", "/v1/lists/\($0)", authorization),
                .refused(404, "list_not_found"))
        }
            + ids.map {
                HostileRequest(
                    "path: invitation \($0)", RawHTTP.head("POST", "/v1/invitations/\($0)", authorization),
                    .refused(404, "invitation_not_found"))
            } + [
                HostileRequest(
                    "path: up and out", RawHTTP.head("GET", "/v1/../../../etc/passwd", authorization),
                    .refused(404, "not_found")),
                HostileRequest(
                    "path: encoded nonsense", RawHTTP.head("GET", "/v1/lists/%ff%zz%", authorization),
                    .refused(404, "list_not_found")),
            ]
    }

    /// Texts that mean something to a database, a shell, a file system, a template or a browser. Here they are texts.
    package static let injections = [
        "'; DROP TABLE operation; --", "1' OR '1'='1", "\\'; SELECT pg_sleep(10); --", "$$; DELETE FROM document; $$",
        "../../../../etc/passwd", "..\\..\\windows\\system32", "/dev/null", "file:///etc/passwd",
        "`id`; $(reboot)", "| cat /etc/shadow", "%s%s%n%p", "%00", "a\u{0}b", "*1\r\n$8\r\nFLUSHALL", "{{7*7}}${7*7}",
        "<script>alert(1)</script>", "\u{202e}gnp.exe", "x\u{feff}\u{200b}y", "👩‍👩‍👧‍👦", "e\u{301}",
    ]
}
