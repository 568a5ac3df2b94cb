internal import GRDB
internal import ListCRDT

/// Why a command could not be carried out, in words for the person who gave it.
package struct DeviceError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// It will not work like this, now or later.
        case refused
        /// The command itself makes no sense.
        case usage
        /// The same may work later.
        case tryAgain
    }

    package var kind: Kind
    /// A short name for programs: `ambiguous`, `forbidden`, `unreachable`, …
    package var code: String
    /// A sentence that names the thing and the way out.
    package var description: String

    package init(_ kind: Kind, _ code: String, _ description: String) {
        self.kind = kind
        self.code = code
        self.description = description
    }

    package static func refused(_ code: String, _ description: String) -> DeviceError {
        DeviceError(.refused, code, description)
    }

    package static func tryAgain(_ code: String, _ description: String) -> DeviceError {
        DeviceError(.tryAgain, code, description)
    }
}

extension DeviceError {
    /// Says any error in words.
    package init(explaining error: any Error) {
        switch error {
        case let error as DeviceError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_BUSY:
            self = .tryAgain("busy", "Another larder is writing to the data folder. Try again.")
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            self = .tryAgain("disk_full", "The disk is full. Nothing was changed.")
        case let error as DatabaseError:
            self = .refused(
                "storage", "The data folder cannot be used: \(error.message ?? error.resultCode.description).")
        case let error as DecodingFailure:
            self = .refused("storage", "The data folder holds something that this larder cannot read (\(error)).")
        default: self = .refused("unexpected", "\(error)")
        }
    }
}
