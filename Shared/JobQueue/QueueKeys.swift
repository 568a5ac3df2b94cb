internal import Foundation

/// The Redis keys of one queue, in BullMQ v5's layout: all begin with `bull:<queue>:`.
package struct QueueKeys: Sendable, Hashable {
    package let queue: String
    /// What every key of the queue begins with, with its trailing colon. A job's hash is `base` and its id.
    package let base: String

    /// `nil` for a name that is empty or has a `:`, which separates the parts of a key.
    package init?(queue: String) {
        guard !queue.isEmpty, !queue.contains(":") else { return nil }
        self.queue = queue
        base = "bull:\(queue):"
    }

    package var wait: String { base + "wait" }
    package var paused: String { base + "paused" }
    package var active: String { base + "active" }
    package var prioritized: String { base + "prioritized" }
    package var delayed: String { base + "delayed" }
    package var completed: String { base + "completed" }
    package var failed: String { base + "failed" }
    package var marker: String { base + "marker" }
    package var stalled: String { base + "stalled" }
    package var meta: String { base + "meta" }
    package var events: String { base + "events" }

    package func job(_ id: String) -> String { base + id }
    package func lock(_ id: String) -> String { base + id + ":lock" }

    /// What a worker's connection calls itself: Bull's dashboards count the connections of this name.
    package func clientName(worker: String) -> String {
        "bull:\(Data(queue.utf8).base64EncodedString()):w:\(worker)"
    }

    /// The keys handed to every script, in the order in which `Lua.keys` names them.
    var forScripts: [String] {
        [
            wait, paused, active, prioritized, base + "pc", delayed, completed, failed,
            marker, stalled, base + "stalled-check", meta, events, base + "id",
        ]
    }
}
