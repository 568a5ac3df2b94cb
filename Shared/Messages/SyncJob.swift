internal import Foundation
package import ListCRDT

/// A device's push as a job on the queue `sync`, in JSON so that the queue's dashboards can show it.
package struct SyncJob: Sendable, Equatable {
    package static let queue = "sync"
    package static let name = "push"

    /// One document's operations.
    package struct Push: Sendable, Equatable {
        package var document: DocumentID
        /// The correlation id under which the gateway waits for what became of it.
        package var id: UInt64
        package var delta: Delta

        package init(document: DocumentID, id: UInt64, delta: Delta) {
            self.document = document
            self.id = id
            self.delta = delta
        }
    }

    /// The gateway instance that waits for the answers.
    package var from: String
    package var author: UserID
    package var username: String
    /// The replica whose operations these are.
    package var replica: ReplicaID
    package var atMilliseconds: UInt64
    package var deadlineMilliseconds: UInt64
    package var trace: UInt64
    package var pushes: [Push]

    package init(
        from: String, author: UserID, username: String, replica: ReplicaID, atMilliseconds: UInt64,
        deadlineMilliseconds: UInt64, trace: UInt64, pushes: [Push]
    ) {
        self.from = from
        self.author = author
        self.username = username
        self.replica = replica
        self.atMilliseconds = atMilliseconds
        self.deadlineMilliseconds = deadlineMilliseconds
        self.trace = trace
        self.pushes = pushes
    }
}

extension SyncJob {
    private struct Wire: Codable {
        struct Push: Codable {
            var document, delta: String
            var id: UInt64
        }
        var from, author, username, replica, trace: String
        var at, deadline: UInt64
        var pushes: [Push]
    }

    package func json() throws(DecodingFailure) -> String {
        let wire = Wire(
            from: from, author: author.hex, username: username, replica: replica.hex, trace: hexDigits(trace),
            at: atMilliseconds, deadline: deadlineMilliseconds,
            pushes: pushes.map {
                .init(document: $0.document.hex, delta: Data($0.delta.encoded()).base64EncodedString(), id: $0.id)
            })
        do { return String(decoding: try JSONEncoder().encode(wire), as: UTF8.self) } catch { throw .malformed(.shape) }
    }

    package init(json: String) throws(DecodingFailure) {
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(json.utf8)),
            let author = UserID(hex: wire.author), let replica = ReplicaID(hex: wire.replica),
            let trace = UInt64(wire.trace, radix: 16)
        else { throw .malformed(.shape) }
        var pushes: [Push] = []
        for push in wire.pushes {
            guard let document = DocumentID(hex: push.document), let delta = Data(base64Encoded: push.delta)
            else { throw .malformed(.shape) }
            pushes.append(Push(document: document, id: push.id, delta: try Delta(decoding: [UInt8](delta))))
        }
        self.init(
            from: wire.from, author: author, username: wire.username, replica: replica, atMilliseconds: wire.at,
            deadlineMilliseconds: wire.deadline, trace: trace, pushes: pushes)
    }
}
