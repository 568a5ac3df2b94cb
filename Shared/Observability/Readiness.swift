import Synchronization

/// What this program still lacks to do its work. Ready when nothing is missing.
package final class Readiness: Sendable {
    private let parts = Mutex<[String: String]>([:])

    package init() {}

    /// `missing` says in words what the part lacks ("not connected"), nil that it has what it needs.
    package func set(_ part: String, missing: String?) {
        parts.withLock { $0[part] = missing }
    }

    /// Part → what it lacks.
    package var missing: [String: String] { parts.withLock { $0 } }
    package var isReady: Bool { missing.isEmpty }
}
