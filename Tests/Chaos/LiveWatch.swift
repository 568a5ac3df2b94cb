internal import ListCRDT
internal import ReplicaStore
internal import Synchronization
internal import TestStack
internal import TestSupport

/// Somebody who only looks: follows a list by WebSocket all the while, and begins again whenever the connection ends.
final class LiveWatch: Sendable {
    /// Of an access token; it is good for longer.
    private static let tokenAge = Duration.seconds(600)
    private static let pause = Duration.milliseconds(300)

    private let address: String
    private let wire: Wire
    private let changes = Atomic(0)

    init(_ address: String, _ wire: Wire) {
        self.address = address
        self.wire = wire
    }

    /// Changes that came live so far.
    var changeCount: Int { changes.load(ordering: .relaxed) }

    /// Until the task is cancelled. Every fault ends the connection sooner or later: only changes that come count.
    func run(_ list: DocumentID, as person: Person) async {
        var (token, since) = (person.token, ContinuousClock.now)
        repeat {
            if since.duration(to: .now) > Self.tokenAge, let fresh = try? await wire.token(of: person.name) {
                (token, since) = (fresh, .now)
            }
            let live = LiveConnection(address: address, token: token)
            try? await live.run(following: list, since: Context()) { message in
                switch message {
                case .change: changes.add(1, ordering: .relaxed)
                // It is not followed: the ring could not be asked.
                case .error, .unfollowed: throw TestSupportError("not followed")
                default: break
                }
            }
        } while (try? await Task.sleep(for: Self.pause)) != nil
    }
}
