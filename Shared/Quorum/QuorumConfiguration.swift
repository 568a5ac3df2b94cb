/// How many copies there are, and how many must answer. Checked once at start; every quorum after it may rely on it.
package struct QuorumConfiguration: Hashable, Sendable {
    /// Three copies, two for a write, two for a read.
    package static let standard = QuorumConfiguration(checkedCopies: 3, writes: 2, reads: 2)

    /// N
    package let copies: Int
    /// W: commits on home shards before a write is confirmed.
    package let writes: Int
    /// R: home shards whose state a read's answer is on.
    package let reads: Int

    /// W + R > N: every read meets every confirmed write. W > N / 2: any two confirmed writes meet.
    package init(n: Int, w: Int, r: Int) throws(QuorumConfigurationError) {
        guard n >= 1, (1...n).contains(w), (1...n).contains(r) else { throw .outOfRange(n: n, w: w, r: r) }
        guard w + r > n else { throw .readsMayMissWrites(n: n, w: w, r: r) }
        guard w > n / 2 else { throw .writesMayMissEachOther(n: n, w: w) }
        self.init(checkedCopies: n, writes: w, reads: r)
    }

    private init(checkedCopies: Int, writes: Int, reads: Int) {
        copies = checkedCopies
        self.writes = writes
        self.reads = reads
    }
}

/// Why a configuration is refused. The operator's to fix.
package enum QuorumConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    case outOfRange(n: Int, w: Int, r: Int)
    case readsMayMissWrites(n: Int, w: Int, r: Int)
    case writesMayMissEachOther(n: Int, w: Int)

    package var description: String {
        switch self {
        case .outOfRange(let n, let w, let r): "N=\(n) W=\(w) R=\(r): W and R must lie in 1 to N"
        case .readsMayMissWrites(let n, let w, let r): "W=\(w) and R=\(r) must add up to more than N=\(n)"
        case .writesMayMissEachOther(let n, let w): "W=\(w) must be more than half of N=\(n)"
        }
    }
}
