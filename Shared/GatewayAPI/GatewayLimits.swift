internal import ListCRDT
package import NIOCore
internal import SyncProtocol

/// Every bound of the gateway, with its unit. The documents' own are in `ListLimits`, those of sync in `SyncFormat`.
package enum GatewayLimits {
    package static let bodyBytesMax = SyncFormat.requestBytesMax
    package static let headerBytesMax = 16 * 1024
    /// Past it, those that have had us waiting the longest are closed.
    package static let connectionsMax = 5_000
    /// How many more there may be while all are being worked for. Past it nobody is let in.
    package static let connectionsSpare = 500
    /// Without a byte of a request, or between two requests.
    package static let idleTime = TimeAmount.seconds(60)
    /// From a request's first byte to the end of its body.
    package static let requestTime = TimeAmount.seconds(20)
    /// In this time a client takes at least so much of an answer that is longer than the system's buffers.
    package static let answerTime = TimeAmount.seconds(20)
    package static let answerBytesMin = 64 << 10

    package static let readPatienceMilliseconds: UInt64 = 2_000
    package static let writePatienceMilliseconds: UInt64 = 3_000
    /// A stamp may be so far ahead of the server.
    package static let stampAheadMillisecondsMax: UInt64 = 60_000

    /// Documents of one request that are read at once.
    package static let readsAtOnceMax = 32
    /// What is known of who may do what is believed for so long.
    package static let accessMillisecondsMax: UInt64 = 2_000
    package static let accessDocumentsMax = 20_000
    /// Pushes that may wait for their wave.
    package static let pushesWaitingMax = 10_000
    package static let pushBytesWaitingMax = 64 << 20
    /// Edits of one entry through the JSON API that may wait for one another.
    package static let turnsWaitingMax = 64

    /// How long an invitation is good for if its maker does not say.
    package static let invitationMilliseconds: UInt64 = 7 * 24 * 3_600 * 1_000
    /// What its maker may say.
    package static let invitationSeconds: ClosedRange<Int64> = 60...(31 * 24 * 3_600)
    /// Of a quantity, either way.
    package static let quantityMax: Int64 = 1_000_000_000
    package static let historyDefault = 100

    static let syncLimits =
        "One sync has at most \(SyncFormat.requestBytesMax) bytes, \(SyncFormat.documentsMax) documents and "
        + "\(SyncFormat.operationsMax) operations."
}
