internal import Foundation
package import TestStack
internal import TestSupport

/// Requests as bytes, answers from bytes.
package enum RawHTTP {
    package struct Answer: Sendable {
        package let status: Int
        /// Names in lower case.
        package let headers: [String: String]
        package let body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }

        /// Of an error in the API's form.
        package var code: String? {
            text.firstMatch(of: /"code":"([a-z_]+)"/).map { String($0.1) }
        }
    }

    /// A request with these headers as they stand here, and no others.
    package static func head(_ method: String, _ path: String, _ headers: [String] = []) -> [UInt8] {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: larder"] + headers
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    package static func request(
        _ method: String, _ path: String, token: String? = nil, type: String = "application/json",
        headers: [String] = [], body: [UInt8]
    ) -> [UInt8] {
        let authorization = token.map { ["Authorization: Bearer \($0)"] } ?? []
        return head(
            method, path,
            authorization + ["Content-Type: \(type)", "Content-Length: \(body.count)"] + headers) + body
    }

    /// The answer that stands at the front, and where it ends; nil: it is not there yet.
    package static func answer(in bytes: ArraySlice<UInt8>) -> (Answer, rest: ArraySlice<UInt8>)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, let status = Int(words[1]) else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingPrefix(" ").description }
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard bytes.endIndex - end.upperBound >= length else { return nil }
        let body = bytes[end.upperBound..<(end.upperBound + length)]
        return (
            Answer(status: status, headers: headers, body: Array(body)), bytes[(end.upperBound + length)...]
        )
    }

    package static func answers(in bytes: [UInt8]) -> [Answer] {
        var answers: [Answer] = []
        var rest = bytes[...]
        while let (answer, next) = answer(in: rest) {
            answers.append(answer)
            rest = next
        }
        return answers
    }

    /// Sends it on a connection of its own, and reads `count` answers, or to the end. `hasEnded`: the gateway closed.
    package static func send(
        _ bytes: [UInt8], to stack: Stack, answers count: Int = 1, within limit: Duration = .seconds(10)
    ) async throws -> (answers: [Answer], hasEnded: Bool) {
        let socket = try RawSocket(stack.gatewayPort)
        async let sent = socket.send(bytes)
        let read = await socket.read(within: limit) { answers(in: $0).count >= count }
        _ = await sent
        var hasEnded = read.hasEnded
        // One that says it closes does so at once.
        if !hasEnded, answers(in: read.bytes).last?.headers["connection"] == "close" {
            hasEnded = await socket.timeToEnd(within: .seconds(5)) != nil
        }
        return (answers(in: read.bytes), hasEnded)
    }
}
