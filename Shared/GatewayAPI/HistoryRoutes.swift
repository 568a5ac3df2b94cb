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
                return .json(Answer(changes: try await changes(of: call.list, limit, for: caller)))
            }
        ]
    }

    private func changes(
        of list: DocumentID, _ limit: Int, for caller: Caller
    ) async throws -> [ChangeHistory.Change] {
        let result = await desk.library.ring.read(
            list, ReadPayload(.list, .history(limit: limit)), trace: caller.trace)
        let reading = try Reading(result, .list)
        _ = try ListDesk.role(of: caller, in: reading)
        return Array(ChangeHistory(result.operations, reading.document).changes.prefix(limit))
    }
}
