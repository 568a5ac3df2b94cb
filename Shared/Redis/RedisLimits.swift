/// Every bound of a connection. What is past one fails at once or after its time, and says which.
package struct RedisLimits: Sendable {
    /// How long a command waits to be written while there is no connection; then it fails `.notSent`.
    package var waitMax = Duration.seconds(1)
    /// How long a written command may stay unanswered; then the connection is dropped and its commands are `.indefinite`.
    package var answerMax = Duration.seconds(5)
    /// For the TCP connection, and again for TLS and log-in together.
    package var connectMax = Duration.seconds(2)
    /// How long a graceful stop waits for answers.
    package var drainMax = Duration.seconds(5)
    /// Commands accepted and not yet answered, a connection. One more fails `.notSent`.
    package var pendingCommandsMax = 65_536
    /// Their bytes.
    package var pendingBytesMax = 64 << 20
    /// Pause before reconnecting: doubled by each failure from the first to the last value, then drawn between half and all of it.
    package var pauseMin = Duration.milliseconds(25)
    package var pauseMax = Duration.seconds(2)

    package init() {}
}

/// Bytes encoded into one write; what is more follows when the socket has taken that.
let writeBytesMax = 1 << 20
/// How often commands in hand are checked for their deadlines.
let deadlineCheckMilliseconds: Int64 = 100
