import Synchronization

/// Connections that have not shown a token yet, up to a number. One more, and the one that came first is closed:
/// strangers cannot keep those out who have something to show.
final class Lobby: Sendable {
    static let placesMax = 2_000

    private struct Places {
        var next: UInt64 = 0
        /// No place before it is taken.
        var first: UInt64 = 0
        var taken: [UInt64: @Sendable () -> Void] = [:]
    }

    private let places = Mutex(Places())

    /// - Parameter close: closes the connection; called when others have pushed it out.
    func enter(_ close: @escaping @Sendable () -> Void) -> UInt64 {
        let (place, pushedOut) = places.withLock { places -> (UInt64, (@Sendable () -> Void)?) in
            defer { places.next += 1 }
            places.taken[places.next] = close
            guard places.taken.count > Self.placesMax else { return (places.next, nil) }
            while places.taken[places.first] == nil { places.first += 1 }
            return (places.next, places.taken.removeValue(forKey: places.first))
        }
        pushedOut?()
        return place
    }

    func leave(_ place: UInt64) { places.withLock { _ = $0.taken.removeValue(forKey: place) } }
}
