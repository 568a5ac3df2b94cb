/// What went wrong when a socket was set up. Once it runs, trouble is counted or logged and mends itself.
package enum ZeroMQError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The address is taken or cannot be reached from here; it may work later.
    case unavailable(String)
    /// The program or its configuration is wrong.
    case misuse(String)

    package var description: String {
        switch self {
        case .unavailable(let reason): "ZeroMQ is unavailable: \(reason)"
        case .misuse(let reason): "ZeroMQ is used wrongly: \(reason)"
        }
    }
}
