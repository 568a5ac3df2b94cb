internal import Crypto
internal import NIOCore

/// The list app for browsers, whole in memory: which file is at which path.
///
/// A table of names. What is not in it does not exist, whatever a path looks like.
package struct WebApp: Sendable {
    /// Of all files, compressed forms included.
    package static let bytesMax = 16 << 20
    package static let filesMax = 1_000
    private static let index = "index.html"
    /// The paths that are the app's own; in `{}` one part that it reads itself.
    private static let pages = ["/", "/login", "/settings", "/list/{id}", "/join/{token}"].map {
        $0.split(separator: "/")
    }
    /// First parts of paths that no file may have.
    private static let reserved: Set<Substring> = ["v1", "list", "join"]

    /// A file in each form that there is of it.
    struct File: Sendable {
        struct Form: Sendable {
            let coding: ContentCoding
            let body: ByteBuffer
            /// As `ETag` has it.
            let tag: String
        }

        let type: String
        /// Its name changes with its content.
        let isHashed: Bool
        let forms: [Form]
    }

    /// By path. The page is at none: it has paths of its own.
    private let files: [String: File]
    private let page: File

    /// - Parameter contents: name → bytes: `index.html`, `assets/app-0123abcd.js`, and their compressed forms `….br` and `….gz`.
    package init(_ contents: [String: [UInt8]]) throws(WebAppFailure) {
        for name in contents.keys where !Self.isServable(name) { throw .name(name) }
        let named = contents.keys.filter { !Self.isCompressed($0, in: contents) }
        var files = Dictionary(uniqueKeysWithValues: named.map { ("/\($0)", Self.file($0, in: contents)) })
        guard let page = files.removeValue(forKey: "/\(Self.index)") else { throw .noIndex }
        self.files = files
        self.page = page
    }

    func file(at path: String) -> File? { files[path] ?? (Self.isPage(path) ? page : nil) }

    private static func isPage(_ path: String) -> Bool {
        guard path == "/" || !path.hasSuffix("/") else { return false }
        let parts = path.split(separator: "/")
        return pages.contains { page in
            page.count == parts.count && zip(page, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
    }

    /// Letters, digits, `.`, `_` and `-` in each part, and no part that is hidden.
    private static func isServable(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, !reserved.contains(first) else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".")
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
    }

    private static func isCompressed(_ name: String, in contents: [String: [UInt8]]) -> Bool {
        [ContentCoding.br, .gzip].contains {
            name.hasSuffix($0.suffix) && contents[String(name.dropLast($0.suffix.count))] != nil
        }
    }

    private static func file(_ name: String, in contents: [String: [UInt8]]) -> File {
        let forms = ContentCoding.allCases.compactMap { coding in
            contents[name + coding.suffix].map { bytes in
                File.Form(coding: coding, body: ByteBuffer(bytes: bytes), tag: tag(of: bytes))
            }
        }
        return File(type: type(of: name), isHashed: isHashed(name), forms: forms)
    }

    /// Of the bytes as they are sent: another one for each form.
    private static func tag(of bytes: [UInt8]) -> String {
        let digits = SHA256.hash(data: bytes).prefix(12).map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return "\"\(digits.joined())\""
    }

    /// `assets/NAME-HASH.ext`, as the bundler names what it makes: a hash is of capitals and digits, or hexadecimal.
    private static func isHashed(_ name: String) -> Bool {
        guard name.hasPrefix("assets/"), let end = name.split(separator: "-").last else { return false }
        let hash = end.prefix { $0 != "." }
        return hash.wholeMatch(of: /[A-Z0-9]{8,}|[a-f0-9]{8,}/) != nil
    }

    private static func type(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "txt": "text/plain; charset=utf-8"
        case "json": "application/json"
        case "webmanifest": "application/manifest+json"
        case "wasm": "application/wasm"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/x-icon"
        default: "application/octet-stream"
        }
    }
}

/// Why the app cannot be served. The operator has to mend it.
package enum WebAppFailure: Error, Equatable, CustomStringConvertible {
    case noIndex
    case name(String)
    case unreadable(String)
    case tooLarge, tooMany

    package var description: String {
        switch self {
        case .noIndex: "it has no index.html; scripts/build-webapp makes one"
        case .name(let name):
            "a file cannot be called “\(name)”: names are of letters, digits, dots, dashes and underscores, and not below v1, list or join"
        case .unreadable(let name): "“\(name)” cannot be read as a file or a folder"
        case .tooLarge: "its files have more than \(WebApp.bytesMax) bytes together"
        case .tooMany: "it has more than \(WebApp.filesMax) files"
        }
    }
}
