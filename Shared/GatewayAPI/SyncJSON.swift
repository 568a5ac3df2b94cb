internal import Foundation
internal import ListCRDT
internal import SyncProtocol

/// Sync in JSON, for people with curl: the same as the binary form, its binary values in base64.
struct SyncRequestJSON: Decodable, Sendable {
    struct Part: Decodable, Sendable {
        var id, kind, context: String
        var delta: String?
    }

    var replica: String
    var documents: [Part]

    /// Within the bounds of the binary form.
    func request() throws -> SyncRequest {
        guard let replica = ReplicaID(hex: replica) else {
            throw APIError(.invalidField, "The field `replica` is 16 lowercase hexadecimal digits.")
        }
        guard documents.count <= SyncFormat.documentsMax else {
            throw APIError(.limitExceeded, GatewayLimits.syncLimits)
        }
        let parts = try documents.enumerated().map { try Self.part($1, at: $0) }
        let request = SyncRequest(replica: replica, documents: parts)
        guard Set(parts.map(\.id)).count == parts.count else {
            throw APIError(.invalidField, "The field `documents` names a document twice.")
        }
        guard request.operationCount <= UInt64(SyncFormat.operationsMax) else {
            throw APIError(.limitExceeded, GatewayLimits.syncLimits)
        }
        return request
    }

    private static func part(_ part: Part, at index: Int) throws -> SyncRequest.Part {
        func wrong(_ field: String, _ must: String) -> APIError {
            APIError(.invalidField, "The field `documents[\(index)].\(field)` \(must).")
        }
        guard let id = DocumentID(hex: part.id) else { throw wrong("id", "is 32 lowercase hexadecimal digits") }
        guard let kind = DocumentKind(name: part.kind) else { throw wrong("kind", "is one of list, shelf and account") }
        guard let context = bytes(part.context).flatMap({ try? Context(decoding: $0) }) else {
            throw wrong("context", "is a context in base64")
        }
        guard let text = part.delta else { return SyncRequest.Part(id: id, kind: kind, context: context) }
        guard let delta = bytes(text).flatMap({ try? Delta(decoding: $0) }), delta.kind == kind else {
            throw wrong("delta", "is a delta of a \(part.kind) in base64")
        }
        return SyncRequest.Part(id: id, kind: kind, context: context, delta: delta)
    }

    private static func bytes(_ base64: String) -> [UInt8]? { Data(base64Encoded: base64).map { [UInt8]($0) } }
}

struct SyncResponseJSON: Encodable, Sendable {
    struct Part: Encodable, Sendable {
        var id, status, context: String
        var delta: String?
        var knownCounter: UInt64
    }

    /// Milliseconds since 1970.
    var serverTime: UInt64
    var documents: [Part]

    init(_ response: SyncResponse) {
        serverTime = response.serverTimeMilliseconds
        documents = response.documents.map { part in
            Part(
                id: part.id.hex, status: part.status.name, context: part.context.base64,
                delta: part.delta.map { Data($0.encoded()).base64EncodedString() }, knownCounter: part.knownCounter)
        }
    }
}

extension DocumentKind {
    fileprivate init?(name: String) {
        switch name {
        case "list": self = .list
        case "shelf": self = .shelf
        case "account": self = .account
        default: return nil
        }
    }
}
