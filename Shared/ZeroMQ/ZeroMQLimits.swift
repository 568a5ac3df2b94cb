/// The bounds of this module, each with its unit.
package enum ZeroMQLimits {
    /// Messages that wait for the publisher's thread.
    package static let queueMessages = 10_000
    package static let queueBytes = 64 << 20
    /// Messages that wait in a socket for one slow or absent peer.
    package static let highWaterMarkMessages = 10_000
    /// Messages received and not yet taken by the program.
    package static let bufferMessages = 10_000
    package static let frameBytes = 4 << 20
    package static let framesInMessage = 16
    package static let endpoints = 256
    package static let subscriptions = 1_024

    /// How long a closing socket tries to send what it holds.
    static let lingerMilliseconds: Int32 = 300
    static let reconnectMilliseconds: Int32 = 50
    static let reconnectMillisecondsMax: Int32 = 1_000
    /// A peer that is silent for three of these is taken for dead.
    static let heartbeatMilliseconds: Int32 = 2_000
    /// Messages taken from a socket before others have their turn.
    static let receivedInTurn = 256
}
