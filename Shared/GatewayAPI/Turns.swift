package import ListCRDT
internal import Synchronization

/// Lets edits of one entry go one after the other, so that each sees what the one before it did. Different entries do
/// not wait.
package final class Turns: Sendable {
    package struct Place: Hashable, Sendable {
        let document: DocumentID
        let key: EntryKey

        package init(document: DocumentID, key: EntryKey) {
            self.document = document
            self.key = key
        }
    }

    /// Whoever waits, in order. A place is here as long as someone has its turn.
    private let lines = Mutex<[Place: [CheckedContinuation<Bool, Never>]]>([:])

    package init() {}

    /// Throws `busy` if too many wait already.
    package func take<Output>(_ place: Place, _ body: () async throws -> Output) async throws -> Output {
        guard await enter(place) else {
            throw APIError(.busy, "Too many edit this at this moment. Try again in a moment.")
        }
        defer { leave(place) }
        return try await body()
    }

    private func enter(_ place: Place) async -> Bool {
        await withCheckedContinuation { continuation in
            let isFirst = lines.withLock { lines -> Bool? in
                guard let line = lines[place] else {
                    lines[place] = []
                    return true
                }
                guard line.count < GatewayLimits.turnsWaitingMax else { return false }
                lines[place]?.append(continuation)
                return nil
            }
            if let isFirst { continuation.resume(returning: isFirst) }
        }
    }

    private func leave(_ place: Place) {
        let next = lines.withLock { lines -> CheckedContinuation<Bool, Never>? in
            guard lines[place]?.isEmpty == false else {
                lines[place] = nil
                return nil
            }
            return lines[place]?.removeFirst()
        }
        next?.resume(returning: true)
    }
}
