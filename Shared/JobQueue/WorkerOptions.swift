/// A worker's bounds and times.
package struct WorkerOptions: Sendable {
    /// What dashboards show as the worker's name.
    package var name: String
    /// Most jobs taken in one call, 1 … 1,000: the handler's batch.
    package var batchMax: Int
    /// Most jobs in hand at once, at least 1.
    package var inFlightMax: Int
    /// How long a job stays ours without being renewed; it is renewed before half of that is over.
    package var lockDuration = Duration.seconds(30)
    /// How often the queue is looked through for jobs whose worker vanished, by whichever worker is first.
    /// Such a job is found after one to two intervals and its lock's time.
    package var stalledInterval = Duration.seconds(30)
    /// How often a job may lose its worker and be taken again; once more, and it fails.
    package var stalledCountMax = 3
    /// How long a graceful stop waits for the jobs in hand; what is left is given back to the queue.
    package var closeDuration = Duration.seconds(10)
    /// How long an idle worker waits to be woken before it looks by itself.
    package var idleDuration = Duration.seconds(5)

    package init(name: String, batchMax: Int = 64, inFlightMax: Int = 256) {
        self.name = name
        self.batchMax = min(max(batchMax, 1), 1_000)
        self.inFlightMax = max(inFlightMax, 1)
    }
}

extension Duration {
    /// Whole milliseconds; 0 for what is negative.
    var wholeMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        return seconds < 0 ? 0 : UInt64(seconds) * 1_000 + UInt64(max(attoseconds, 0) / 1_000_000_000_000_000)
    }
}
