internal import HTTPTypes
internal import Hummingbird
internal import ListCRDT
internal import Messages

/// `/v1/lists/{list}/history`: who did what, newest first.
struct HistoryRoutes: Sendable {
    private struct Answer: Encodable {
        var changes: [ChangeHistory.Change]
    }

    let desk: ListDesk

    var routes: [Route] {
        [
            .signedIn(.get, ListRoutes.path + "/history") { call, caller in
                let limit = try call.number(
                    "limit", in: 1...ReadPayload.historyMax, orElse: GatewayLimits.historyDefault)
                let subject = try call.subject
                return .json(Answer(changes: try await changes(of: call.list, subject, limit, for: caller)))
            }
        ]
    }

    /// - Parameter subject: what the changes are about; nil: anything. Shards do not know it: all that they tell is looked through.
    private func changes(
        of list: DocumentID, _ subject: EntryID?, _ limit: Int, for caller: Caller
    ) async throws -> [ChangeHistory.Change] {
        let operations = subject == nil ? limit : ReadPayload.historyMax
        let result = await desk.library.ring.read(
            list, ReadPayload(.list, .history(limit: operations)), trace: caller.trace)
        let reading = try Reading(result, .list)
        _ = try ListDesk.role(of: caller, in: reading)
        return Array(ChangeHistory(result.operations, reading.document).changes(of: subject).prefix(limit))
    }
}

extension Call {
    /// An item or a member in the query.
    fileprivate var subject: EntryID? {
        get throws {
            guard let text = request.uri.queryParameters.get("item") else { return nil }
            guard let id = EntryID(hex: text) else {
                throw APIError(.invalidField, "The parameter `item` is 32 lowercase hexadecimal digits.")
            }
            return id
        }
    }
}
