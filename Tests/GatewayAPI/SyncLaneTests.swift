import Foundation
import GatewayAPI
import HTTPTypes
import ListCRDT
import SyncProtocol
import TestSupport
import Testing

@Suite("Syncs that are answered on their connection")
struct SyncLaneTests {
    private let list = DocumentID(high: 6, low: 6)

    /// A sync that makes a list, and one that asks for it.
    private func requests(by user: UserID) -> (push: [UInt8], pull: [UInt8]) {
        var device = Device(Caller(user: user, username: "ada"), replica: 77)
        device.found(list, now: 1)
        let pull = SyncRequest(
            replica: ReplicaID(rawValue: 78), documents: [.init(id: list, kind: .list, context: Context())])
        return (device.request([list]).encoded(), pull.encoded())
    }

    private func http(_ token: String, _ body: [UInt8], trace: String, more: String = "") -> [UInt8] {
        let head = """
            POST /v1/sync HTTP/1.1\r\nHost: larder.test\r\nAuthorization: Bearer \(token)\r
            Content-Type: \(SyncFormat.mediaType)\r\nContent-Length: \(body.count)\r\nX-Trace-Id: \(trace)\r\n\(more)\r\n
            """
        return Array(head.utf8) + body
    }

    private struct Answer {
        let status: Int
        let fields: [String: String]
        let body: [UInt8]
    }

    /// Reads so many answers.
    private func answers(_ count: Int, on socket: RawSocket) async -> [Answer] {
        let (bytes, _) = await socket.read { parse($0).count >= count }
        return parse(bytes)
    }

    private func parse(_ bytes: [UInt8]) -> [Answer] {
        var (rest, answers) = (bytes[...], [Answer]())
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            let fields = lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1)
                return (parts[0].lowercased(), parts.dropFirst().joined().trimmingCharacters(in: .whitespaces))
            }
            let known = Dictionary(fields) { "\($0), \($1)" }
            let length = known["content-length"].flatMap(Int.init) ?? 0
            guard rest.endIndex - end.upperBound >= length else { break }
            let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            answers.append(Answer(status: status, fields: known, body: Array(rest[end.upperBound...].prefix(length))))
            rest = rest[(end.upperBound + length)...]
        }
        return answers
    }

    @Test("They are answered as others are, errors too, down to the fields")
    func alike() async throws {
        try await GatewayHarness.run { gateway in
            let (token, user) = try await gateway.register("ada")
            let (push, pull) = requests(by: user)
            let cases = [
                (token, push, 200), (token, pull, 200), ("x", push, 401), (token, [1, 2, 3], 400), (token, [], 400),
            ]
            for (token, body, status) in cases {
                let socket = try RawSocket(gateway.port)
                // The second is unusual enough for the framework.
                _ = await socket.send(http(token, body, trace: "00000000000000a1"))
                _ = await socket.send(http(token, body, trace: "00000000000000a1", more: "Connection: keep-alive\r\n"))
                let pair = await answers(2, on: socket)
                try #require(pair.count == 2)
                #expect(pair.map(\.status) == [status, status])
                var fields = pair.map(\.fields)
                for index in fields.indices {
                    let date = fields[index].removeValue(forKey: "date")
                    #expect(date?.hasSuffix(" GMT") == true && date?.count == 29)
                }
                #expect(fields[0] == fields[1] && fields[0]["x-trace-id"] == "00000000000000a1")
                let parts = try pair.map {
                    status == 200 ? try SyncResponse(decoding: $0.body).documents.map(\.status) : []
                }
                #expect(parts[0] == (status == 200 ? [.ok] : []) && (status == 200 || pair[0].body == pair[1].body))
            }
        }
    }

    @Test("What comes at once on one connection is answered in its order, whichever way each goes")
    func pipelined() async throws {
        try await GatewayHarness.run { gateway in
            let (token, user) = try await gateway.register("ada")
            let (push, pull) = requests(by: user)
            let other = Array(
                "GET /v1/nothing HTTP/1.1\r\nHost: larder.test\r\nX-Trace-Id: 00000000000000a9\r\n\r\n".utf8)
            let traces = ["00000000000000a1", "00000000000000a2", "00000000000000a3", "00000000000000a4"]
            let socket = try RawSocket(gateway.port)
            let all =
                http(token, push, trace: traces[0]) + http(token, pull, trace: traces[1]) + other
                + http(token, pull, trace: traces[2]) + other + other + http("x", pull, trace: traces[3])
            _ = await socket.send(all)
            let found = await answers(7, on: socket)
            #expect(found.map(\.status) == [200, 200, 404, 200, 404, 404, 401])
            let nothing = "00000000000000a9"
            #expect(
                found.map { $0.fields["x-trace-id"] } == [
                    traces[0], traces[1], nothing, traces[2], nothing, nothing, traces[3],
                ])
            let after = try RawSocket(gateway.port)
            for byte in http(token, pull, trace: traces[0]) { _ = await after.send([byte]) }
            #expect(await answers(1, on: after).map(\.status) == [200], "byte by byte")
        }
    }

    @Test("Who sends no more is answered still; what breaks off is refused")
    func ends() async throws {
        try await GatewayHarness.run { gateway in
            let (token, user) = try await gateway.register("ada")
            let whole = http(token, requests(by: user).push, trace: "00000000000000a1")
            let finished = try RawSocket(gateway.port)
            _ = await finished.send(whole)
            finished.finishSending()
            let (bytes, hasEnded) = await finished.read()
            #expect(parse(bytes).map(\.status) == [200] && hasEnded)
            let broken = try RawSocket(gateway.port)
            _ = await broken.send(Array(whole.dropLast()))
            broken.finishSending()
            let (refusal, isOver) = await broken.read()
            #expect(parse(refusal).map(\.status) == [400] && isOver)
            let garbage = try RawSocket(gateway.port)
            _ = await garbage.send(whole + Array("nonsense\r\n\r\n".utf8))
            #expect(parse(await garbage.read().bytes).map(\.status) == [200, 400], "after the answer")
        }
    }

    @Test("It takes nothing unusual")
    func takes() async throws {
        try await GatewayHarness.run { gateway in
            func isTaken(_ change: (inout HTTPRequest) -> Void) -> Bool {
                var head = HTTPRequest(method: .post, scheme: "http", authority: "larder.test", path: "/v1/sync")
                head.headerFields = [.contentType: SyncFormat.mediaType, .contentLength: "100"]
                change(&head)
                return gateway.gateway.lane.takes(head)
            }
            #expect(isTaken { _ in })
            #expect(!isTaken { $0.method = .put })
            #expect(!isTaken { $0.path = "/v1/sync?x" })
            #expect(!isTaken { $0.headerFields[.contentType] = "application/json" })
            for length in [nil, "-1", "x", "\(64 << 10 + 1)"] {
                #expect(!isTaken { $0.headerFields[.contentLength] = length }, "\(length ?? "none")")
            }
            for name in [.connection, .contentEncoding, .expect, .transferEncoding, .upgrade] as [HTTPField.Name] {
                #expect(!isTaken { $0.headerFields[name] = "x" }, "\(name)")
            }
        }
    }
}
