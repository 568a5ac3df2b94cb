import ShardStore
import Testing

@Suite("The rows that an owner knows")
struct RecentRowsTests {
    private let rows = RecentRows<Int, [UInt8]>(bytesMax: 800) { $0.count }

    private func keep(_ keys: Range<Int>, bytes: Int) {
        for key in keys { rows.keep([key: [UInt8](repeating: 7, count: bytes)]) }
    }

    @Test("They are kept up to so many bytes; those known for longest make room")
    func bound() {
        keep(0..<8, bytes: 100)
        #expect(rows.rows(of: 0..<8).count == 8)
        keep(8..<9, bytes: 100)
        #expect(Set(rows.rows(of: 0..<9).keys) == [2, 3, 4, 5, 6, 7, 8])
    }

    @Test("A row that is written again counts once; one larger than all there is room for is not kept")
    func sizes() {
        for bytes in [100, 300, 200] { keep(0..<2, bytes: bytes) }
        keep(2..<4, bytes: 200)
        #expect(rows.rows(of: 0..<4).mapValues(\.count) == [0: 200, 1: 200, 2: 200, 3: 200])
        keep(4..<5, bytes: 900)
        #expect(rows.rows(of: 0..<5).isEmpty)
    }

    @Test("What is forgotten is not known, and makes room")
    func forgetting() {
        keep(0..<8, bytes: 100)
        rows.forget([1, 3, 99])
        #expect(rows[1] == nil && rows[3] == nil && rows[2] != nil)
        keep(8..<10, bytes: 100)
        #expect(rows.rows(of: 0..<10).count == 8)
    }
}
