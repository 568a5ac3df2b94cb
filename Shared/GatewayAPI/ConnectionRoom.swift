internal import Synchronization

/// The connections there are, up to a number. When one more comes, those that have had us waiting the longest make room:
/// a sixteenth of all, and never one whose request is being worked on. So whoever holds thousands of connections and
/// says nothing keeps nobody out.
package final class ConnectionRoom: Sendable {
    /// One connection's place.
    package final class Seat: Sendable {
        fileprivate let close: @Sendable () -> Void
        /// Since when we wait for the client; `busy`: the client waits for us.
        fileprivate let waitingSince: Atomic<UInt64>

        fileprivate init(since now: UInt64, _ close: @escaping @Sendable () -> Void) {
            self.close = close
            waitingSince = Atomic(now)
        }

        package func works() { waitingSince.store(Self.busy, ordering: .relaxed) }

        package func waits(since now: UInt64) { waitingSince.store(now, ordering: .relaxed) }

        fileprivate static let busy = UInt64.max
    }

    private let countMax: Int
    private let seats = Mutex<[ObjectIdentifier: Seat]>([:])

    package init(countMax: Int) { self.countMax = max(1, countMax) }

    package var count: Int { seats.withLock { $0.count } }

    /// - Parameter now: of a clock that only goes forward; the same for all.
    /// - Parameter close: closes the connection; called when it is to make room.
    package func take(now: UInt64, _ close: @escaping @Sendable () -> Void) -> Seat {
        let seat = Seat(since: now, close)
        let leaving = seats.withLock { seats in
            let leaving = seats.count >= countMax ? longestWaiting(of: seats, max(1, countMax / 16)) : []
            for each in leaving { seats[ObjectIdentifier(each)] = nil }
            seats[ObjectIdentifier(seat)] = seat
            return leaving
        }
        for each in leaving { each.close() }
        return seat
    }

    package func leave(_ seat: Seat) { seats.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(seat)) } }

    private func longestWaiting(of seats: [ObjectIdentifier: Seat], _ count: Int) -> [Seat] {
        let waiting = seats.values.map { ($0.waitingSince.load(ordering: .relaxed), $0) }.filter { $0.0 != Seat.busy }
        return waiting.sorted { $0.0 < $1.0 }.prefix(count).map(\.1)
    }
}
