/// Who holds a connection and who waits for one: first come, first served, within bounds.
struct PoolState<Connection, Waiter> {
    struct Waiting {
        let id: UInt64
        let waiter: Waiter
    }

    enum Acquisition {
        case lease(Connection)
        case wait
        case refuse(String)
    }

    let waitingMax: Int
    private(set) var idle: [Connection]
    private(set) var leased = 0
    private(set) var waiting: [Waiting] = []
    var isClosed = false
    /// Why the server could not be reached when last tried; nil when it could.
    var failure: String?

    init(_ connections: [Connection], waitingMax: Int) {
        idle = connections
        self.waitingMax = waitingMax
    }

    /// The connection used last comes first, so that those not needed stay idle.
    mutating func acquire() -> Acquisition {
        if isClosed { return .refuse("the pool is closed") }
        if let connection = takeIdle() { return .lease(connection) }
        return waiting.count < waitingMax ? .wait : .refuse("\(waitingMax) others already wait for a connection")
    }

    mutating func takeIdle() -> Connection? {
        guard waiting.isEmpty, let connection = idle.popLast() else { return nil }
        leased += 1
        return connection
    }

    mutating func wait(_ id: UInt64, _ waiter: Waiter) {
        waiting.append(Waiting(id: id, waiter: waiter))
    }

    /// nil when it was served in the meantime.
    mutating func giveUp(_ id: UInt64) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index).waiter
    }

    /// Who gets the connection now; nil: it is idle.
    mutating func release(_ connection: Connection) -> Waiter? {
        if waiting.isEmpty {
            leased -= 1
            idle.append(connection)
            return nil
        }
        return waiting.removeFirst().waiter
    }
}
