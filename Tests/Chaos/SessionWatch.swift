package import ListCRDT

/// Follows one device's answers about one list: what an answer showed, every later one shows too (monotonic reads), the device's
/// own acknowledged edits among it (read your writes).
package struct SessionWatch: Sendable {
    private let owner: String
    private let replica: ReplicaID
    private var shown = Context()
    package private(set) var violations: [Violation] = []
    package private(set) var answers = 0

    package init(owner: String, replica: ReplicaID) {
        self.owner = owner
        self.replica = replica
    }

    /// - Parameter has: the device's own copy once it has joined the answer: it must hold all that the answer claims.
    package mutating func heard(_ context: Context, has: Context) {
        answers += 1
        let missing = shown.subtracting(context)
        if !missing.isEmpty {
            let isOwn = !missing.dots(of: replica).isEmpty
            violations.append(isOwn ? .ownWriteUnseen(owner, missing) : .readWentBack(owner, missing))
        }
        let undelivered = context.subtracting(has)
        if !undelivered.isEmpty { violations.append(.claimedNotDelivered(owner, undelivered)) }
        shown.formUnion(context)
    }

    package mutating func takeViolations() -> [Violation] {
        defer { violations = [] }
        return violations
    }
}
