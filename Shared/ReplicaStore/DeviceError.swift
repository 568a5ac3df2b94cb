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
