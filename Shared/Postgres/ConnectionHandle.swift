import CLibPQ
import Foundation

/// Why a connection cannot be used any more.
enum Loss: Error {
    case timedOut
    case cancelled
    case broken(String)

    var reason: String {
        switch self {
        case .timedOut: "the deadline passed"
        case .cancelled: "the task was cancelled"
        case .broken(let message): message
        }
    }
}

/// Owns one `PGconn`. Blocks in `poll` and nowhere else, and not past the deadline it is given.
///
/// After it threw a `Loss` it must not be used again.
struct ConnectionHandle: ~Copyable {
    private let raw: OpaquePointer
    private let interrupt: Interrupt

    /// Begins to connect; `finishConnecting` must follow.
    init(_ configuration: PostgresConfiguration, interrupt: Interrupt) throws(Loss) {
        let parameters = configuration.connectionParameters
        let keywords = parameters.map { strdup($0.keyword) }
        let values = parameters.map { strdup($0.value) }
        defer { (keywords + values).forEach { free($0) } }
        let connection = PQconnectStartParams(
            keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        guard let connection else { throw .broken("out of memory") }
        raw = connection
        self.interrupt = interrupt
        clibpq_silence_notices(raw)
    }

    deinit {
        interrupt.watch(nil)
        PQfinish(raw)
    }

    func finishConnecting(until deadline: ContinuousClock.Instant) throws(Loss) {
        var awaited = PGRES_POLLING_WRITING
        while awaited != PGRES_POLLING_OK {
            guard awaited != PGRES_POLLING_FAILED, PQstatus(raw) != CONNECTION_BAD else { throw broken() }
            interrupt.watch(PQsocket(raw))
            try wait(for: awaited == PGRES_POLLING_READING ? POLLIN : POLLOUT, until: deadline)
            interrupt.watch(nil)  // libpq may close this socket and try the next address
            awaited = PQconnectPoll(raw)
        }
        guard PQsetnonblocking(raw, 1) == 0, PQenterPipelineMode(raw) == 1 else { throw broken() }
    }

    /// Makes a cancellation end the waits that follow.
    func watchForInterrupt() {
        interrupt.watch(PQsocket(raw))
    }

    /// Whether the connection stands, as far as can be seen without asking: takes in what the server sent while it was
    /// idle.
    func isAliveWhileIdle() -> Bool {
        var socket = pollfd(fd: PQsocket(raw), events: Int16(POLLIN), revents: 0)
        while PQstatus(raw) == CONNECTION_OK {
            guard poll(&socket, 1, 0) > 0 else { return true }
            guard PQconsumeInput(raw) == 1 else { return false }
            _ = PQisBusy(raw)  // has what was read interpreted
        }
        return false
    }

    var isInTransaction: Bool {
        [PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_ACTIVE].contains(PQtransactionStatus(raw))
    }

    func prepare(_ name: String, _ sql: String, types: [UInt32]) throws(Loss) {
        guard PQsendPrepare(raw, name, sql, Int32(types.count), types) == 1 else { throw broken() }
    }

    func execute(_ name: String, _ parameters: inout ParameterBuffer) throws(Loss) {
        let sent = parameters.withTables { count, values, lengths, formats in
            PQsendQueryPrepared(raw, name, count, values, lengths, formats, 1)
        }
        guard sent == 1 else { throw broken() }
    }

    func sync() throws(Loss) {
        guard PQpipelineSync(raw) == 1 else { throw broken() }
    }

    /// Sends SQL text by the simple protocol, outside of pipeline mode; `endSimple` must follow its results.
    func beginSimple(_ sql: String) throws(Loss) {
        guard PQexitPipelineMode(raw) == 1, PQsendQuery(raw, sql) == 1 else { throw broken() }
    }

    func endSimple() throws(Loss) {
        guard PQenterPipelineMode(raw) == 1 else { throw broken() }
    }

    /// The next result, or nil at the end of a statement's results. Sends on what is still to be sent while it waits.
    func nextResult(until deadline: ContinuousClock.Instant) throws(Loss) -> ResultHandle? {
        while true {
            let unsent = PQflush(raw)
            if PQisBusy(raw) == 0 { break }
            try wait(for: unsent == 1 ? POLLIN | POLLOUT : POLLIN, until: deadline)
            guard PQconsumeInput(raw) == 1 else { throw broken() }
        }
        guard let result = PQgetResult(raw) else {
            if PQstatus(raw) == CONNECTION_BAD { throw broken() }
            return nil
        }
        let handle = ResultHandle(result)
        if let fatal = handle.fatalMessage { throw .broken(fatal) }
        if handle.isFailure, PQstatus(raw) == CONNECTION_BAD { throw broken() }
        return handle
    }

    private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws(Loss) {
        var socket = pollfd(fd: PQsocket(raw), events: Int16(events), revents: 0)
        guard socket.fd >= 0 else { throw broken() }
        while true {
            let remaining = max(.zero, deadline - .now).milliseconds
            let ready = poll(&socket, 1, Int32(clamping: remaining))
            if interrupt.isRaised { throw .cancelled }
            if ready > 0 { return }
            if ready == 0, remaining == 0 { throw .timedOut }
            if ready < 0, errno != EINTR { throw .broken("poll failed with \(errno)") }
        }
    }

    private func broken() -> Loss {
        if interrupt.isRaised { return .cancelled }
        let message = PQerrorMessage(raw).map { String(cString: $0) } ?? ""
        let trimmed = message.trimmingCharacters(in: .whitespacesAndNewlines)
        return .broken(trimmed.isEmpty ? "the connection was lost" : trimmed)
    }
}
