import ArgumentParser
import ListCRDT
import ReplicaStore

struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a list live, with each change, who made it and when.",
        discussion: "Ends with Ctrl-C. Where the output is no terminal, each change is one line.")
    @OptionGroup var device: DeviceOptions
    @Argument(help: "The list.") var list: String

    /// How often other commands' edits on this device are looked for.
    static let lookInterval = Duration.milliseconds(200)
    /// How often the server is asked while the live connection is down.
    static let pollInterval = Duration.seconds(2)

    func run() async throws {
        let store = try await device.open()
        let id = try await store.list(named: list)
        let screen = try await WatchScreen(store, id, json: device.json)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.lookHere(store, screen) }
            group.addTask { try await Self.listen(store, id, screen) }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Shows what other commands on this device do.
    private static func lookHere(_ store: ReplicaStore, _ screen: WatchScreen) async throws {
        var seen = try await store.foreignChanges()
        while true {
            try await Task.sleep(for: lookInterval)
            let now = try await store.foreignChanges()
            if now != seen { try await screen.look(by: "you", at: nil) }
            seen = now
        }
    }

    /// Follows the list live; while that does not work, asks the server now and then.
    private static func listen(_ store: ReplicaStore, _ list: DocumentID, _ screen: WatchScreen) async throws {
        while true {
            try await pull(store, list, screen)
            do {
                try await follow(store, list, screen)
            } catch is CancellationError {
                return
            } catch {
                await screen.note(DeviceError(explaining: error).description)
            }
            try await Task.sleep(for: pollInterval)
        }
    }

    private static func follow(_ store: ReplicaStore, _ list: DocumentID, _ screen: WatchScreen) async throws {
        let address = try await store.gateway().liveAddress()
        guard let token = try await store.accessToken() else {
            throw DeviceError.refused("logged_out", "Nobody is logged in.")
        }
        let context = try await store.document(list)?.context ?? Context()
        try await LiveConnection(address: address, token: token).run(following: list, since: context) { message in
            switch message {
            case .following(list, let context, let delta):
                await screen.note(nil)
                if let delta { try await store.join(delta, into: list) }
                try await catchUp(store, list, context, screen)
                try await screen.look(by: nil, at: nil)
            case .unfollowed(list):
                throw DeviceError.refused("forbidden", "The list is no longer shared with you.")
            case .digest(list, let context): try await catchUp(store, list, context, screen)
            case .change(let change) where change.list == list:
                if let delta = change.delta {
                    try await store.join(delta, into: list)
                } else {
                    try await pull(store, list, screen)
                }
                try await screen.look(by: change.by, at: change.atMilliseconds)
            case .error(let code, let message, let about) where about == nil || about == list:
                throw DeviceError.tryAgain(code, message)
            default: break
            }
        }
    }

    /// Asks the server when it has what we lack, or does not say what it has.
    private static func catchUp(
        _ store: ReplicaStore, _ list: DocumentID, _ context: Context?, _ screen: WatchScreen
    ) async throws {
        let own = try await store.document(list)?.context ?? Context()
        if let context, context.isSubset(of: own) { return }
        try await pull(store, list, screen)
    }

    private static func pull(_ store: ReplicaStore, _ list: DocumentID, _ screen: WatchScreen) async throws {
        let report = try await SyncEngine(store: store, transport: GatewayTransport(store))
            .run(.only([list]), patience: .zero, limit: .seconds(10))
        if case .unfinished(let why) = report.outcome { await screen.note(why) }
        try await screen.look(by: nil, at: nil)
    }
}
