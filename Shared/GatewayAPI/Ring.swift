package import ListCRDT
package import Messages

/// What the gateway asks of the ring. The gateway has no other way to documents.
package protocol Ring: Sendable {
    func read(_ document: DocumentID, _ question: ReadPayload, trace: UInt64) async -> ReadResult

    /// Tells `then` what became of each write, in their order: once, perhaps before this returns. `then` must not block.
    func write(_ submission: Submission, then: @escaping @Sendable ([WriteResult]) -> Void)
}

extension Ring {
    /// What became of each write, in their order.
    package func write(_ submission: Submission) async -> [WriteResult] {
        await withCheckedContinuation { continuation in write(submission) { continuation.resume(returning: $0) } }
    }
}

/// Operations of one replica on documents, made by one person.
package struct Submission: Sendable {
    package struct Write: Sendable {
        package var document: DocumentID
        package var delta: Delta

        package init(document: DocumentID, delta: Delta) {
            self.document = document
            self.delta = delta
        }
    }

    package var author: UserID
    package var username: String
    package var replica: ReplicaID
    package var trace: UInt64
    package var writes: [Write]

    package init(author: UserID, username: String, replica: ReplicaID, trace: UInt64, writes: [Write]) {
        self.author = author
        self.username = username
        self.replica = replica
        self.trace = trace
        self.writes = writes
    }
}
