internal import ListCRDT
internal import SyncProtocol
package import TestStack
internal import TestSupport

// What is wrong with the answer to an attack, in words; nil: it is the documented one.

extension HostileRequest {
    package func fault(at stack: Stack) async throws -> String? {
        let (answers, hasEnded) = try await RawHTTP.send(bytes, to: stack)
        guard let answer = answers.first else { return "\(name): no answer" }
        let isRight =
            switch outcome {
            case .refused(let status, let code): answer.status == status && answer.code == code
            case .dropped: answer.status == 400 && answer.body.isEmpty && hasEnded
            case .taken(let status): answer.status == status
            }
        return isRight
            ? nil : "\(name): \(answer.status) \(answer.text.prefix(200)), closed: \(hasEnded); not \(outcome)"
    }
}

extension ForgedToken {
    package func fault(at stack: Stack) async throws -> String? {
        let head = RawHTTP.head("GET", "/v1/lists", ["Authorization: Bearer \(text)"])
        let answer = try await RawHTTP.send(head, to: stack).answers.first
        guard answer?.status == 401, answer?.code == code else {
            return "\(name): the gateway says \(answer?.status ?? 0) \(answer?.text ?? "nothing")"
        }
        let live = try await RawWebSocket.connected(to: stack)
        await live.say(#"{"token":"\#(text)"}"#)
        let arrivals = await live.arrivals(1)
        return arrivals == [.close(1008)] ? nil : "\(name): the bridge says \(arrivals)"
    }
}

extension HostilePush {
    package func fault(by person: Person, at stack: Stack) async throws -> String? {
        let answer = try await person.sync(request.encoded(), at: stack)
        let response = try answer.map { try SyncResponse(decoding: $0.body) }
        let status = response?.documents.first?.status
        return status == self.status ? nil : "\(name): \(status.map { "\($0)" } ?? "no answer"), not \(self.status)"
    }
}

extension HostileFrames {
    package func fault(token: String, at stack: Stack) async throws -> String? {
        let live = try await RawWebSocket.connected(to: stack, token: token)
        await live.socket.send(bytes, within: .seconds(5))
        let arrivals = await live.arrivals(outcome == .taken ? 2 : 1)
        let isRight =
            switch (outcome, arrivals.last) {
            case (.closed(let code), .close(let said)): code == said
            case (.error(let code), .text(let text)): text.contains(#""error""#) && text.contains("\"\(code)\"")
            case (.taken, .text(let text)): text.contains("unfollowed")
            default: false
            }
        guard isRight, case .closed = outcome else { return isRight ? nil : "\(name): \(arrivals), not \(outcome)" }
        return await live.socket.timeToEnd(within: .seconds(5)) != nil ? nil : "\(name): it is not closed"
    }
}

extension Person {
    /// A sync in the binary form.
    package func sync(_ body: [UInt8], at stack: Stack) async throws -> RawHTTP.Answer? {
        let request = RawHTTP.request("POST", "/v1/sync", token: token, type: SyncFormat.mediaType, body: body)
        return try await RawHTTP.send(request, to: stack, within: .seconds(20)).answers.first
    }
}
