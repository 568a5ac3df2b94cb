import Quorum
import Testing

@Suite("How many must answer")
struct QuorumConfigurationTests {
    @Test("Of three copies these may be configured")
    func table() {
        let rows = (1...3).map { w in
            "W=\(w) "
                + (1...3).map { r in (try? QuorumConfiguration(n: 3, w: w, r: r)) == nil ? " ·" : " R=\(r)" }.joined()
        }
        #expect(
            rows == [
                "W=1  · · ·",
                "W=2  · R=2 R=3",
                "W=3  R=1 R=2 R=3",
            ])
    }

    @Test("Allowed is exactly what makes every read meet every write, and every write every other", arguments: 1...5)
    func intersection(n: Int) {
        let sets = (0..<(1 << n)).map { set in (set, set.nonzeroBitCount) }
        for w in 0...n + 1 {
            for r in 0...n + 1 {
                let writes = sets.filter { $0.1 == w }.map(\.0)
                let reads = sets.filter { $0.1 == r }.map(\.0)
                let meet = writes.allSatisfy { write in (writes + reads).allSatisfy { write & $0 != 0 } }
                let isSound = meet && (1...n).contains(w) && (1...n).contains(r)
                let configuration = try? QuorumConfiguration(n: n, w: w, r: r)
                #expect((configuration != nil) == isSound, "N=\(n) W=\(w) R=\(r)")
            }
        }
    }

    @Test("What is refused says why")
    func refusals() {
        #expect(throws: QuorumConfigurationError.readsMayMissWrites(n: 3, w: 2, r: 1)) {
            try QuorumConfiguration(n: 3, w: 2, r: 1)
        }
        #expect(throws: QuorumConfigurationError.writesMayMissEachOther(n: 3, w: 1)) {
            try QuorumConfiguration(n: 3, w: 1, r: 3)
        }
        #expect(throws: QuorumConfigurationError.outOfRange(n: 3, w: 4, r: 1)) {
            try QuorumConfiguration(n: 3, w: 4, r: 1)
        }
        #expect(QuorumConfiguration.standard == (try? QuorumConfiguration(n: 3, w: 2, r: 2)))
    }
}
